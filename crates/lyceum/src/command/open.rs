//! From what a person calls a model to a model that answers.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use engine::{EngineConfig, OpenOptions, Sampling, Speculation, TextModel};
use kernels::attention::CacheType;
use kernels::quant::Activations;
use store::PullSpec;

use crate::cli::{self, DEFAULT_MODEL, Global, SamplingArgs};
use crate::command::{doctor, pull};
use crate::report::{Failure, Outcome};

/// Most bytes of a prompt that are read from a pipe.
const MAX_STDIN: u64 = 64 << 20;

/// `name` as a path, when it looks like one and something is there.
pub fn existing_path(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let looks_like_one = name.contains(['/', '\\']) || name.ends_with(".gguf") || name == ".";
    (looks_like_one && path.exists()).then(|| path.to_path_buf())
}

/// Whether `name` could be meant as a model: a path, a source, an installed or a catalog name.
pub fn is_model(global: &Global, name: &str) -> bool {
    existing_path(name).is_some()
        || ["hf:", "pypi:", "npm:"]
            .iter()
            .any(|scheme| name.starts_with(scheme))
        || store::catalog::find(name).is_some()
        || pull::folder(global).is_ok_and(|folder| folder.get(name).is_ok())
}

/// The file or folder of a model; fetched, with progress, if it is not here yet.
pub fn path(global: &Global, name: Option<&str>) -> Outcome<PathBuf> {
    let name = name.or(global.model.as_deref()).unwrap_or(DEFAULT_MODEL);
    Ok(found(global, name)?.1)
}

/// As [`path`], with the name under which the model is installed; a path is its own.
pub fn found(global: &Global, name: &str) -> Outcome<(String, PathBuf)> {
    if let Some(path) = existing_path(name) {
        return Ok((name.to_owned(), path));
    }
    let folder = pull::folder(global)?;
    let missing = match folder.get(name) {
        Ok(installed) => return Ok((installed.name, installed.path)),
        Err(missing) => missing,
    };
    match PullSpec::parse(name)? {
        PullSpec::Catalog(name) if store::catalog::find(&name).is_none() => Err(missing.into()),
        spec => {
            let installed = pull::fetch(global, &folder, &spec)?;
            Ok((installed.name, installed.path))
        }
    }
}

/// The model, loaded and ready to answer.
pub fn text_model(global: &Global, name: Option<&str>) -> Outcome<TextModel> {
    text_model_for(global, name, EngineConfig::default())
}

/// As [`text_model`], with limits other than the default ones.
pub fn text_model_for(
    global: &Global,
    name: Option<&str>,
    mut config: EngineConfig,
) -> Outcome<TextModel> {
    let path = path(global, name)?;
    config.kv_bytes = kv_bytes(global);
    config.cache = match global.kv_type {
        cli::KvType::F16 => CacheType::F16,
        cli::KvType::F32 => CacheType::F32,
        cli::KvType::Int8 => CacheType::Int8,
    };
    let activations = match global.activations {
        cli::Activations::Int8 => Activations::Int8,
        cli::Activations::F32 => Activations::F32,
    };
    let draft = global.draft_model.as_deref();
    let draft = draft
        .map(|name| self::path(global, Some(name)))
        .transpose()?;
    Ok(TextModel::open(
        &path,
        &OpenOptions {
            activations,
            engine: config,
            draft,
        },
    )?)
}

/// Memory for keys and values: what was asked for, else 1 GiB, and never more than a quarter
/// of what is free.
fn kv_bytes(global: &Global) -> usize {
    if let Some(mib) = global.kv_memory {
        return (mib as usize) << 20;
    }
    let quarter = doctor::memory_bytes().map_or(u64::MAX, |(free, _)| free / 4);
    usize::try_from(quarter.max(64 << 20))
        .unwrap_or(usize::MAX)
        .min(1 << 30)
}

/// What the flags say about guessing ahead, `silent` where they say nothing.
pub fn speculation(global: &Global, silent: Speculation) -> Speculation {
    match global.speculate {
        Some(cli::Speculate::Off) => Speculation::Off,
        Some(cli::Speculate::Lookup) => Speculation::On,
        None if global.draft_model.is_some() => Speculation::On,
        None => silent,
    }
}

/// What became of the tokens guessed so far, for `--verbose`.
pub fn guesses(model: &TextModel) -> String {
    let status = model.engine().status();
    format!(
        "{} of {} guessed ahead were right",
        status.came_true, status.guessed
    )
}

/// What the flags say about sampling, `temperature` where they are silent.
pub fn sampling(args: &SamplingArgs, temperature: f32) -> Outcome<Sampling> {
    Ok(Sampling {
        temperature: args.temperature.unwrap_or(temperature),
        top_k: args.top_k.unwrap_or(0),
        top_p: args.top_p.unwrap_or(1.0),
        min_p: args.min_p.unwrap_or(0.0),
        frequency_penalty: args.frequency_penalty.unwrap_or(0.0),
        presence_penalty: args.presence_penalty.unwrap_or(0.0),
        logit_bias: args
            .logit_bias
            .iter()
            .map(|b| parse_bias(b))
            .collect::<Outcome<_>>()?,
        seed: args.seed,
    })
}

fn parse_bias(text: &str) -> Outcome<(u32, f32)> {
    let parsed = text
        .split_once('=')
        .and_then(|(id, bias)| Some((id.trim().parse().ok()?, bias.trim().parse().ok()?)));
    parsed.ok_or_else(|| {
        Failure::usage(format!(
            "--logit-bias \"{text}\": wanted ID=BIAS, such as 42=-100"
        ))
        .help("lyceum tokenizer encode \"some text\"   prints token ids")
    })
}

/// Stop strings as the shell passed them, with `\n`, `\t` and `\\` read as in most languages.
pub fn stops(args: &SamplingArgs) -> Vec<String> {
    args.stop.iter().map(|s| unescape(s)).collect()
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('\\') => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// All of standard input as text, `None` if a person sits at it.
pub fn piped() -> Outcome<Option<String>> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    stdin.lock().take(MAX_STDIN + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_STDIN {
        let limit = MAX_STDIN >> 20;
        return Err(Failure::usage(format!(
            "standard input is longer than {limit} MiB"
        )));
    }
    utf8(bytes).map(Some)
}

fn utf8(bytes: Vec<u8>) -> Outcome<String> {
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let got = e.as_bytes()[at];
        let message = format!("standard input is not UTF-8: byte {at} is 0x{got:02x}");
        Failure::new(crate::report::Exit::BadData, anyhow::anyhow!(message))
            .help("convert it first, for example: iconv -f latin1 -t utf-8 FILE | lyceum …")
    })
}

/// An argument, else standard input.
pub fn argument_or_piped(argument: Option<&str>, what: &str) -> Outcome<String> {
    if let Some(text) = argument.filter(|&t| t != "-") {
        return Ok(text.to_owned());
    }
    piped()?.ok_or_else(|| {
        Failure::usage(format!(
            "no {what}: wanted an argument or something on standard input"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_others_kept() {
        assert_eq!(unescape(r"a\nb\\n\q\"), "a\nb\\n\\q\\");
    }

    #[test]
    fn a_bias_is_an_id_and_a_number() {
        assert_eq!(parse_bias("42=-100").unwrap(), (42, -100.0));
        for bad in ["42", "x=1", "1=x", "-1=2", ""] {
            assert_eq!(parse_bias(bad).unwrap_err().exit_code(), 2, "{bad}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_named_with_their_place() {
        let failure = utf8(b"ab\xff".to_vec()).unwrap_err();
        assert!(
            failure.render().contains("byte 2 is 0xff"),
            "{}",
            failure.render()
        );
        assert_eq!(failure.exit_code(), 7);
    }
}
