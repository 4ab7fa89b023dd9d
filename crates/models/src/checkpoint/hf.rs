//! A folder as transformers saves a model.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value};
use tensor::error::{LoadError, quoted};
use tensor::safetensors::{INDEX_FILE, SINGLE_FILE, SafeTensors};
use tensor::source::Source;

use super::names::dialect;
use super::{
    ARCHITECTURES, Checkpoint, ENCODERS, Pooling, PoolingKind, Rows, Stored, TokenizerSource,
};

const CONFIG: &str = "config.json";
const GENERATION_CONFIG: &str = "generation_config.json";
const TOKENIZER: &str = "tokenizer.json";
const TOKENIZER_CONFIG: &str = "tokenizer_config.json";
const CHAT_TEMPLATE: &str = "chat_template.jinja";
const MODULES: &str = "modules.json";
const LIMITS: &str = "sentence_bert_config.json";
const POOLING_MODE: &str = "pooling_mode_";
const MEAN: &str = "pooling_mode_mean_tokens";
const FIRST: &str = "pooling_mode_cls_token";

/// Files are read whole up to these sizes. A parsed one takes many times its
/// bytes, so the limits of those that are parsed here lie near what they hold:
/// a config some kB, a tokenizer's config up to 1 MB of added tokens, its
/// template some 10 kB. The largest tokenizers of the supported architectures
/// have 20 MB; their parser has limits of its own.
const CONFIG_BYTES: u64 = 1 << 20;
const TOKENIZER_CONFIG_BYTES: u64 = 16 << 20;
const TOKENIZER_BYTES: u64 = 256 << 20;

/// Opens `folder`; its weights are `weights` if given, else those of its index
/// or its `model.safetensors`.
pub(super) fn open(folder: &Path, weights: Option<&Path>) -> Result<Checkpoint, LoadError> {
    let config_path = folder.join(CONFIG);
    let config = match read_json(&config_path, CONFIG_BYTES)? {
        Some(config) => object(config, &config_path)?,
        None => {
            return Err(LoadError::Io {
                path: config_path,
                source: io::ErrorKind::NotFound.into(),
            });
        }
    };
    // Before the weights: an unknown architecture is the better message.
    architecture(&config, &config_path)?;
    let tensors = Box::new(open_weights(folder, weights)?);
    let mut checkpoint = assemble(&config_path, config, tensors)?;
    checkpoint.path = weights.unwrap_or(folder).to_owned();
    let generation_path = folder.join(GENERATION_CONFIG);
    checkpoint.generation_config = match read_json(&generation_path, CONFIG_BYTES)? {
        Some(config) => Some(object(config, &generation_path)?),
        None => None,
    };
    checkpoint.tokenizer = tokenizer(folder)?;
    checkpoint.pooling = pooling(folder)?;
    let limits = read_json(&folder.join(LIMITS), CONFIG_BYTES)?;
    let longest = limits
        .as_ref()
        .and_then(|l| l.get("max_seq_length")?.as_u64());
    checkpoint.max_text = longest.and_then(|n| usize::try_from(n).ok());
    Ok(checkpoint)
}

/// Names the tensors as a causal language model does.
pub(super) fn assemble(
    config_path: &Path,
    config: Map<String, Value>,
    tensors: Box<dyn Source>,
) -> Result<Checkpoint, LoadError> {
    let architecture = architecture(&config, config_path)?;
    let names = tensors.names();
    let path = tensors.path().to_owned();
    let mut checkpoint = Checkpoint::new(config_path, architecture, tensors);
    for stored in names {
        let name = dialect(architecture).with_prefix(&stored);
        let rows = Rows::AsStored;
        if !checkpoint.insert(
            name,
            Stored {
                name: stored.clone(),
                rows,
            },
        ) {
            return Err(LoadError::Format {
                path,
                field: format!("tensor {}", quoted(&stored)),
                wanted: "named once, with or without prefix".to_owned(),
                got: "both".to_owned(),
            });
        }
    }
    checkpoint.config = config;
    Ok(checkpoint)
}

fn architecture(config: &Map<String, Value>, path: &Path) -> Result<&'static str, LoadError> {
    let Some(model_type) = config.get("model_type") else {
        return Err(LoadError::MissingKey {
            path: path.to_owned(),
            key: "model_type".to_owned(),
        });
    };
    let mut all = ARCHITECTURES.iter().chain(&ENCODERS);
    let known = all.find(|known| model_type == **known);
    known.copied().ok_or_else(|| LoadError::Unsupported {
        path: path.to_owned(),
        what: "model_type".to_owned(),
        got: quoted(model_type.as_str().unwrap_or("not a string")),
        supported: [&ARCHITECTURES[..], &ENCODERS].concat().join(", "),
    })
}

fn open_weights(folder: &Path, weights: Option<&Path>) -> Result<SafeTensors, LoadError> {
    // One shard stands for all: alone it would lack most tensors.
    let sharded = folder.join(INDEX_FILE).exists();
    let only = weights.filter(|w| !sharded || w.file_name().is_some_and(|n| n == SINGLE_FILE));
    if let Some(file) = only {
        return SafeTensors::open(file);
    }
    let pickle = folder.join("pytorch_model.bin");
    if !sharded && !folder.join(SINGLE_FILE).exists() && pickle.exists() {
        return Err(LoadError::Unsupported {
            path: pickle,
            what: "the format of the weights".to_owned(),
            got: "PyTorch's pickle, which can run any code".to_owned(),
            supported: format!("{SINGLE_FILE}, {INDEX_FILE}"),
        });
    }
    SafeTensors::open_dir(folder)
}

/// What sentence-transformers does after the model: `modules.json` lists the
/// steps, each with a folder of its own.
fn pooling(folder: &Path) -> Result<Option<Pooling>, LoadError> {
    let path = folder.join(MODULES);
    let Some(modules) = read_json(&path, CONFIG_BYTES)? else {
        return Ok(None);
    };
    let mut pooling = None;
    for module in modules.as_array().into_iter().flatten() {
        let text = |key: &str| module.get(key).and_then(Value::as_str).unwrap_or_default();
        let kind = text("type").rsplit('.').next().unwrap_or_default();
        match (kind, &mut pooling) {
            ("Transformer", _) => {}
            ("Pooling", _) => {
                let (kind, normalize) = (pooling_kind(folder, text("path"))?, false);
                pooling = Some(Pooling { kind, normalize });
            }
            ("Normalize", Some(pooling)) => pooling.normalize = true,
            (other, _) => {
                return Err(LoadError::Unsupported {
                    path,
                    what: "modules".to_owned(),
                    got: quoted(other),
                    supported: "Transformer, Pooling, then Normalize".to_owned(),
                });
            }
        }
    }
    Ok(pooling)
}

/// What the config of the step in `module` switches on.
fn pooling_kind(folder: &Path, module: &str) -> Result<PoolingKind, LoadError> {
    // A folder of this one, not somewhere else.
    let inside = Path::new(module).file_name().unwrap_or_default();
    let mut path = folder.join(inside).join(CONFIG);
    if !path.exists() {
        // As the flat folders of our store have it.
        path = folder.join(format!("{}.{CONFIG}", inside.display()));
    }
    let config = read_json(&path, CONFIG_BYTES)?.unwrap_or_default();
    let config = config.as_object().into_iter().flatten();
    let on = config.filter(|(key, on)| key.starts_with(POOLING_MODE) && **on == Value::Bool(true));
    let modes: Vec<&str> = on.map(|(key, _)| key.as_str()).collect();
    match modes[..] {
        [MEAN] => Ok(PoolingKind::Mean),
        [FIRST] => Ok(PoolingKind::First),
        _ => Err(LoadError::Unsupported {
            path,
            what: "pooling".to_owned(),
            got: quoted(&modes.join(" + ")),
            supported: format!("{MEAN}, {FIRST}"),
        }),
    }
}

fn tokenizer(folder: &Path) -> Result<TokenizerSource, LoadError> {
    let Some(tokenizer_json) = read(&folder.join(TOKENIZER), TOKENIZER_BYTES)? else {
        return Ok(TokenizerSource::None);
    };
    let config_path = folder.join(TOKENIZER_CONFIG);
    let tokenizer_config = read_json(&config_path, TOKENIZER_CONFIG_BYTES)?;
    let template_path = folder.join(CHAT_TEMPLATE);
    let chat_template = match read(&template_path, CONFIG_BYTES)? {
        Some(template) => Some(String::from_utf8(template).map_err(|e| LoadError::Format {
            path: template_path,
            field: "the file".to_owned(),
            wanted: "UTF-8".to_owned(),
            got: e.utf8_error().to_string(),
        })?),
        None => match tokenizer_config
            .as_ref()
            .and_then(|c| c.get("chat_template"))
        {
            Some(value) => chat_template(value, &config_path)?,
            None => None,
        },
    };
    Ok(TokenizerSource::Json {
        tokenizer_json,
        tokenizer_config,
        chat_template,
    })
}

/// The template itself, or of several named ones the default.
fn chat_template(value: &Value, path: &Path) -> Result<Option<String>, LoadError> {
    let format = |got: &str| LoadError::Format {
        path: path.to_owned(),
        field: "chat_template".to_owned(),
        wanted: "a string or a list of {name, template}".to_owned(),
        got: got.to_owned(),
    };
    let list = match value {
        Value::Null => return Ok(None),
        Value::String(template) => return Ok(Some(template.clone())),
        Value::Array(list) => list,
        _ => return Err(format("something else")),
    };
    let mut templates = Vec::new();
    for item in list {
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        let (Some(name), Some(template)) = (text("name"), text("template")) else {
            return Err(format("an item without name or template"));
        };
        templates.push((name, template));
    }
    let default = templates.iter().find(|(name, _)| *name == "default");
    Ok(default.or(templates.first()).map(|(_, t)| (*t).to_owned()))
}

fn read_json(path: &Path, most: u64) -> Result<Option<Value>, LoadError> {
    let Some(bytes) = read(path, most)? else {
        return Ok(None);
    };
    let parsed = serde_json::from_slice(&bytes).map_err(|e| LoadError::Format {
        path: path.to_owned(),
        field: "the file".to_owned(),
        wanted: "JSON".to_owned(),
        got: e.to_string(),
    })?;
    Ok(Some(parsed))
}

fn object(value: Value, path: &Path) -> Result<Map<String, Value>, LoadError> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(LoadError::Format {
            path: path.to_owned(),
            field: "the file".to_owned(),
            wanted: "a JSON object".to_owned(),
            got: "another kind of value".to_owned(),
        }),
    }
}

/// The file's bytes, at most `most`; None if there is no such file.
fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>, LoadError> {
    let io = |source| LoadError::Io {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(io(e)),
    };
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > most {
        return Err(LoadError::Format {
            path: path.to_owned(),
            field: "the file".to_owned(),
            wanted: format!("at most {most} bytes"),
            got: "more".to_owned(),
        });
    }
    Ok(Some(bytes))
}
