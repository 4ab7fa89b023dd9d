//! `lyceum models`: what is installed, what could be, and what is inside.

use std::io::{self, Write};
use std::path::Path;

use models::checkpoint::{Checkpoint, TokenizerSource};
use serde_json::json;
use store::{Installed, Listed, ModelFolder, StoreError};

use crate::cli::{DEFAULT_MODEL, Global, Models};
use crate::command::{open, pull};
use crate::interrupt;
use crate::progress::Printer;
use crate::report::{Failure, Outcome};
use crate::term;

pub fn run(global: &Global, verb: &Models) -> Outcome {
    let folder = pull::folder(global)?;
    match verb {
        Models::Ls => ls(global, &folder),
        Models::Show { name } => show(global, &folder, name.as_deref()),
        Models::Rm { names } => rm(global, &folder, names),
        Models::Import { path, name } => import(global, &folder, path, name.as_deref()),
        Models::Verify { name } => verify(global, &folder, name.as_deref()),
    }
}

fn ls(global: &Global, folder: &ModelFolder) -> Outcome {
    let listed = folder.list()?;
    let is_here = |name: &str| {
        listed.iter().any(|l| match l {
            Listed::Model(m) => m.name == name,
            Listed::Damaged { name: damaged, .. } => damaged == name,
        })
    };
    let absent: Vec<_> = store::catalog::entries()
        .iter()
        .filter(|e| !is_here(&e.name))
        .collect();
    if global.json {
        let installed: Vec<_> = listed.iter().map(listed_json).collect();
        let catalog: Vec<_> = absent
            .iter()
            .map(|e| {
                json!({"name": e.name, "title": e.title, "licence": e.licence,
                            "size_bytes": e.size_bytes(), "context": e.context})
            })
            .collect();
        writeln!(
            io::stdout(),
            "{}",
            json!({"v": 1, "installed": installed, "catalog": catalog})
        )?;
        return Ok(());
    }
    let mut rows: Vec<Vec<String>> = listed.iter().map(row).collect();
    rows.extend(absent.iter().map(|e| {
        let state = "can be pulled".to_owned();
        vec![
            e.name.clone(),
            term::size(e.size_bytes()),
            e.licence.clone(),
            state,
        ]
    }));
    if global.quiet {
        // Names for scripts: only those that are here.
        for row in &rows[..listed.len()] {
            writeln!(io::stdout(), "{}", row[0])?;
        }
    } else {
        write!(
            io::stdout(),
            "{}",
            term::table(&["NAME", "SIZE", "LICENCE", "STATE"], &rows)
        )?;
    }
    Ok(())
}

fn row(listed: &Listed) -> Vec<String> {
    match listed {
        Listed::Model(m) => vec![
            m.name.clone(),
            term::size(m.size_bytes),
            m.licence.clone().unwrap_or_else(|| "unknown".into()),
            "installed".into(),
        ],
        Listed::Damaged { name, reason } => {
            vec![
                name.clone(),
                "-".into(),
                "-".into(),
                format!("damaged: {reason}"),
            ]
        }
    }
}

fn listed_json(listed: &Listed) -> serde_json::Value {
    match listed {
        Listed::Model(m) => installed_json(m),
        Listed::Damaged { name, reason } => json!({"name": name, "damaged": reason}),
    }
}

fn installed_json(m: &Installed) -> serde_json::Value {
    let files: serde_json::Map<_, _> = m
        .files
        .iter()
        .map(|(name, f)| {
            (
                name.clone(),
                json!({"size_bytes": f.size_bytes, "sha256": f.sha256}),
            )
        })
        .collect();
    json!({"name": m.name, "path": m.path, "licence": m.licence, "size_bytes": m.size_bytes,
           "origin": m.origin, "source": m.source, "installed_s": m.installed_s, "files": files})
}

fn show(global: &Global, folder: &ModelFolder, name: Option<&str>) -> Outcome {
    let name = name.or(global.model.as_deref()).unwrap_or(DEFAULT_MODEL);
    let (installed, path) = match open::existing_path(name) {
        Some(path) => (None, path),
        None => {
            let installed = folder.get(name)?;
            let path = installed.path.clone();
            (Some(installed), path)
        }
    };
    let checkpoint = Checkpoint::open(&path)?;
    if global.json {
        writeln!(
            io::stdout(),
            "{}",
            json!({"v": 1, "installed": installed.as_ref().map(installed_json),
                   "path": path, "architecture": checkpoint.architecture,
                   "config": checkpoint.config, "tensors": checkpoint.names().len()})
        )?;
        return Ok(());
    }
    let mut lines: Vec<(&str, String)> = Vec::new();
    if let Some(m) = &installed {
        lines.push(("name", m.name.clone()));
        if let Some(entry) = store::catalog::find(&m.name) {
            lines.push(("about", format!("{}: {}", entry.title, entry.description)));
        }
        lines.push((
            "licence",
            m.licence.clone().unwrap_or_else(|| "unknown".into()),
        ));
        lines.push(("from", m.source.clone()));
        lines.push(("size", term::size(m.size_bytes)));
    }
    lines.push(("file", path.display().to_string()));
    lines.push(("architecture", checkpoint.architecture.clone()));
    lines.extend(card(&checkpoint));
    lines.extend(text_card(&checkpoint));
    let rows: Vec<_> = lines
        .into_iter()
        .map(|(k, v)| vec![k.to_owned(), v])
        .collect();
    write!(
        io::stdout(),
        "{}",
        term::table(&["", ""], &rows).trim_start_matches('\n')
    )?;
    Ok(())
}

/// What the weights and the configuration say.
fn card(checkpoint: &Checkpoint) -> Vec<(&'static str, String)> {
    let mut parameters = 0u64;
    let mut types: Vec<(&'static str, usize)> = Vec::new();
    for name in checkpoint.names() {
        let Ok(raw) = checkpoint.tensor(name) else {
            continue;
        };
        parameters += raw.shape.iter().map(|&d| d as u64).product::<u64>();
        match types.iter_mut().find(|(t, _)| *t == raw.dtype.name()) {
            Some((_, count)) => *count += 1,
            None => types.push((raw.dtype.name(), 1)),
        }
    }
    let types: Vec<String> = types.iter().map(|(t, n)| format!("{n} × {t}")).collect();
    let mut lines = vec![
        ("parameters", count(parameters)),
        ("weights", types.join(", ")),
    ];
    let keys = [
        ("context", "max_position_embeddings"),
        ("layers", "num_hidden_layers"),
        ("width", "hidden_size"),
        ("heads", "num_attention_heads"),
        ("kv heads", "num_key_value_heads"),
        ("vocabulary", "vocab_size"),
    ];
    for (label, key) in keys {
        if let Some(value) = checkpoint.config.get(key) {
            lines.push((label, value.to_string()));
        }
    }
    lines
}

/// Parameters as people count them: `134.5 M`.
fn count(parameters: u64) -> String {
    match parameters as f64 {
        n if n >= 1e9 => format!("{:.2} B", n / 1e9),
        n if n >= 1e6 => format!("{:.1} M", n / 1e6),
        n => format!("{:.1} k", n / 1e3),
    }
}

/// What reads and writes the text, and whether a chat can be laid out for the model.
fn text_card(checkpoint: &Checkpoint) -> Vec<(&'static str, String)> {
    let (tokenizer, template) = match &checkpoint.tokenizer {
        TokenizerSource::Json { chat_template, .. } => ("tokenizer.json".into(), chat_template),
        TokenizerSource::Gguf(t) => (
            format!("{} of the GGUF, {} pieces", t.model, t.tokens.len()),
            &t.chat_template,
        ),
        TokenizerSource::None => ("none".into(), &None),
    };
    let template = match template {
        Some(_) => "yes",
        None => "none: complete only",
    };
    vec![("tokenizer", tokenizer), ("chat template", template.into())]
}

fn rm(global: &Global, folder: &ModelFolder, names: &[String]) -> Outcome {
    for name in names {
        folder.remove(name)?;
        if !global.quiet {
            say!("{} {name}", term::paint("1;32", "     Removed"));
        }
    }
    Ok(())
}

fn import(global: &Global, folder: &ModelFolder, path: &Path, name: Option<&str>) -> Outcome {
    let name = match name {
        Some(name) => name.to_owned(),
        None => name_of(path).ok_or_else(|| {
            Failure::usage("the path has no name to install under").help("--name")
        })?,
    };
    // Refuse what could be installed and never opened.
    Checkpoint::open(path)?;
    let installed = folder.import(path, &name, &mut |_| interrupt::flow())?;
    if global.json {
        writeln!(
            io::stdout(),
            "{}",
            json!({"v": 1, "installed": installed_json(&installed)})
        )?;
    } else {
        writeln!(io::stdout(), "{}", installed.path.display())?;
    }
    Ok(())
}

/// A name in the folder's alphabet from a file's name.
fn name_of(path: &Path) -> Option<String> {
    let stem = match path.extension() {
        Some(e) if e.eq_ignore_ascii_case("gguf") => path.file_stem()?,
        _ => path.file_name()?,
    };
    let name: String = stem
        .to_string_lossy()
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || ".-_".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    Some(name)
}

fn verify(global: &Global, folder: &ModelFolder, name: Option<&str>) -> Outcome {
    let name = name.or(global.model.as_deref()).unwrap_or(DEFAULT_MODEL);
    let mut printer = Printer::new(global);
    interrupt::reset();
    let result = folder.verify(name, &mut |progress| {
        printer.show(&progress);
        interrupt::flow()
    });
    printer.finish(result.is_ok());
    result.map_err(|e| match &e {
        StoreError::Checksum { .. } => {
            let help = format!("lyceum models rm {name}   and install it again");
            Failure::from(e).help(help)
        }
        _ => e.into(),
    })?;
    if !global.quiet {
        say!(
            "{} {name}: every byte is as recorded",
            term::paint("1;32", "    Verified")
        );
    }
    Ok(())
}
