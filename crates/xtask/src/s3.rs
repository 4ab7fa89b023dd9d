//! Storage that speaks S3, of the tests' own: moto's server, in memory, on a free port of this
//! machine, ended with the run.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{output, root, timed};
use crate::setup::python;

/// Time for the server to come up.
const PATIENCE: Duration = Duration::from_secs(60);

const BUCKET: &str = "lyceum";

/// A running server; dropping it ends it.
pub(crate) struct S3 {
    child: Child,
    endpoint: String,
}

impl S3 {
    pub(crate) fn start() -> Result<Self> {
        let python = python("s3", &root().join("scripts/s3.txt"), &[])?;
        // Taken only to learn a free port.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        timed("S3", || {
            let mut command = Command::new(&python);
            command.args(["-m", "moto.server", "--host", "127.0.0.1", "--port"]);
            command.arg(address.port().to_string());
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let child = command.spawn().context("cannot start moto's server")?;
            let server = Self {
                child,
                endpoint: format!("http://{address}"),
            };
            let start = Instant::now();
            while TcpStream::connect(address).is_err() {
                if start.elapsed() > PATIENCE {
                    bail!("moto's server does not come up");
                }
                std::thread::park_timeout(Duration::from_millis(50));
            }
            let make = "import sys, urllib.request as r; \
                        r.urlopen(r.Request(sys.argv[1], method='PUT')).read()";
            let bucket = format!("{}/{BUCKET}", server.endpoint);
            output(Command::new(&python).args(["-c", make, &bucket]))?;
            Ok(server)
        })
    }

    /// Tells tests where it is.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env("LYCEUM_TEST_S3", format!("s3://{BUCKET}"));
        command.env("AWS_ENDPOINT_URL", &self.endpoint);
        command.env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "test");
        command.env("AWS_SECRET_ACCESS_KEY", "test");
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
