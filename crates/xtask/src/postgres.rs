//! A PostgreSQL of the tests' own: in a temporary folder, on a free port of this
//! machine, ended with the run.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{apt_install, output, succeeds, timed};

/// Debian's packages of the server.
const PACKAGE: &str = "postgresql";

/// The account that Debian's package runs the server as; it refuses to run as root.
const ACCOUNT: &str = "postgres";

/// A running server; dropping it stops it and removes its data.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    pub(crate) url: String,
}

impl Postgres {
    /// Starts one, installing it where this may be done.
    pub(crate) fn start() -> Result<Self> {
        let programs = match programs() {
            Some(programs) => programs,
            None => install()?,
        };
        timed("PostgreSQL", || Self::start_with(programs))
    }

    fn start_with(programs: PathBuf) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("xtask-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        if is_root() && !succeeds(Command::new("chown").arg(ACCOUNT).arg(&folder)) {
            bail!(
                "cannot give {} to the account `{ACCOUNT}`",
                folder.display()
            );
        }
        // Taken only to learn a free port.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let data = folder.join("data");
        let server = Self {
            url: format!("postgres://{ACCOUNT}@127.0.0.1:{port}/{ACCOUNT}"),
            programs,
            folder,
        };
        let mut initdb = server.program("initdb", &data);
        let auth = [
            "--auth",
            "trust",
            "--username",
            ACCOUNT,
            "--encoding",
            "UTF8",
        ];
        output(initdb.args(auth).arg("--no-sync"))?;
        // It is thrown away: what a power cut would do to it is not asked.
        let options = format!(
            "-p {port} -h 127.0.0.1 -k {} -c fsync=off -c max_connections=500",
            server.folder.display()
        );
        let mut start = server.program("pg_ctl", &data);
        start.args(["--wait", "--silent", "--options", &options]);
        start
            .arg("--log")
            .arg(server.folder.join("log"))
            .arg("start");
        if !succeeds(&mut start) {
            let log = fs::read_to_string(server.folder.join("log")).unwrap_or_default();
            bail!("PostgreSQL does not start: {log}");
        }
        Ok(server)
    }

    /// One of its programs, run by an account that it accepts.
    fn program(&self, name: &str, data: &Path) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.arg("--pgdata").arg(data).current_dir(&self.folder);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl", &self.folder.join("data"));
        succeeds(stop.args(["--mode", "immediate", "--wait", "stop"]));
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The folder of the server's programs: Debian keeps them off the path.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let mut folders = debian.chain(on_path);
    folders.find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn install() -> Result<PathBuf> {
    println!(
        "   no PostgreSQL here, and the tests run on it too: trying `apt-get install -y \
         {PACKAGE}`, which installs it for the whole machine where this runs as root"
    );
    if apt_install(PACKAGE)
        && let Some(programs) = programs()
    {
        return Ok(programs);
    }
    bail!("no PostgreSQL: install it, which on Debian and Ubuntu is `apt-get install {PACKAGE}`")
}
