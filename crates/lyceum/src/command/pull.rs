//! `lyceum pull`: fetch a model, verified and resumable.

use std::ops::ControlFlow;

use serde_json::json;
use store::{Installed, ModelFolder, PullSpec};

use crate::cli::{Global, Pull};
use crate::interrupt;
use crate::progress::Printer;
use crate::report::{Exit, Failure, Outcome};
use crate::term;

pub fn run(global: &Global, args: &Pull) -> Outcome {
    let folder = folder(global)?;
    let spec = PullSpec::parse(&args.what)?;
    if args.dry_run {
        return dry_run(global, &folder, &spec);
    }
    let installed = fetch(global, &folder, &spec)?;
    if global.json {
        println!(
            "{}",
            json!({"v": 1, "name": installed.name, "path": installed.path,
                   "size_bytes": installed.size_bytes, "licence": installed.licence,
                   "source": installed.source})
        );
    } else {
        println!("{}", installed.path.display());
    }
    Ok(())
}

/// The model folder that `--data` and the environment name.
pub fn folder(global: &Global) -> Outcome<ModelFolder> {
    let data = store::data_dir(global.data.clone())?;
    Ok(ModelFolder::open(&data)?)
}

/// Pulls with progress; Ctrl+C keeps what arrived.
pub fn fetch(global: &Global, folder: &ModelFolder, spec: &PullSpec) -> Outcome<Installed> {
    refuse_offline(global, spec)?;
    let mut printer = Printer::new(global);
    interrupt::reset();
    let result = store::pull(folder, spec, &mut |progress| {
        printer.show(&progress);
        interrupt::flow()
    });
    printer.finish();
    Ok(result?)
}

fn dry_run(global: &Global, folder: &ModelFolder, spec: &PullSpec) -> Outcome {
    refuse_offline(global, spec)?;
    let mut printer = Printer::new(global);
    let plan = store::plan(folder, spec, &mut |progress| {
        printer.show(&progress);
        ControlFlow::Continue(())
    })?;
    let size = plan
        .download_bytes
        .map_or("size unknown".into(), term::size);
    if global.json {
        println!(
            "{}",
            json!({"v": 1, "name": plan.name, "source": plan.source, "licence": plan.licence,
                   "download_bytes": plan.download_bytes, "kept_bytes": plan.kept_bytes,
                   "installed": plan.installed})
        );
    } else if plan.installed {
        println!("{} is installed", plan.name);
    } else {
        let licence = plan.licence.as_deref().unwrap_or("licence unknown");
        println!("{} from {} ({size}, {licence})", plan.name, plan.source);
        if plan.kept_bytes > 0 {
            println!("{} of it are here already", term::size(plan.kept_bytes));
        }
    }
    Ok(())
}

/// A path needs no network; everything else does.
fn refuse_offline(global: &Global, spec: &PullSpec) -> Outcome {
    if global.offline && !matches!(spec, PullSpec::Path(_)) {
        let message = "the model is not on this machine, and --offline forbids fetching it";
        return Err(Failure::new(Exit::Network, anyhow::anyhow!(message))
            .help("lyceum models ls   lists what is here; leave out --offline to fetch"));
    }
    Ok(())
}
