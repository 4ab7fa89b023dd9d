//! Packs `ui/dist` into the crate: each file as it is, and compressed.
//!
//! Nothing here needs Node, as what Node builds is committed. Without it the crate builds, too, and
//! serves no pages.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    if dist.is_dir() {
        find(&dist, &mut files)?;
    } else {
        println!("cargo::warning=ui/dist is not there: the server will have no pages");
    }
    files.sort();
    let mut table = "static FILES: &[File] = &[\n".to_owned();
    for (i, path) in files.iter().enumerate() {
        let packed = out.join(format!("{i}.gz"));
        fs::write(&packed, compressed(&fs::read(path)?)?)?;
        let name = path.strip_prefix(&dist).expect("it was found there");
        // Windows separates by backslashes, and addresses do not.
        let name = name.to_string_lossy().replace('\\', "/");
        table += &format!(
            "    File {{ name: {name:?}, plain: include_bytes!({path:?}), \
             gzip: include_bytes!({packed:?}) }},\n"
        );
    }
    fs::write(out.join("files.rs"), table + "];\n")
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn compressed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
