//! The server's file: TOML, a key for each setting.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Kind, is_list, key, kind, wrong};
use crate::report::{Failure, Outcome};

pub struct File {
    pub path: PathBuf,
    /// By key, as flags take them.
    values: BTreeMap<String, Vec<String>>,
}

impl File {
    /// `named` says that somebody did name it, so that it may lie anywhere.
    pub fn open(path: &Path, known: &[Arg], named: bool) -> Outcome<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Failure::from(e).context(format!("cannot read the settings in {}", path.display()))
        })?;
        let values = parse(&text, known, named).map_err(|(at, what)| {
            let line = text[..at.min(text.len())].matches('\n').count() + 1;
            wrong(format!("{}:{line}: {what}", path.display()))
        })?;
        let path = path.to_path_buf();
        Ok(Self { path, values })
    }

    /// Whether it says something about a setting.
    pub fn says(&self, arg: &Arg) -> bool {
        self.values.contains_key(&key(arg))
    }

    /// The argument with what the file says as its default.
    pub fn default_of(&self, arg: Arg) -> Arg {
        match self.values.get(&key(&arg)) {
            Some(values) => arg.default_values(values.clone()),
            None => arg,
        }
    }
}

/// A byte of the file, and what is wrong there.
type Wrong = (usize, String);

fn parse(text: &str, known: &[Arg], named: bool) -> Result<BTreeMap<String, Vec<String>>, Wrong> {
    let table = DeTable::parse(text).map_err(|e| {
        let at = e.span().map_or(0, |span| span.start);
        (at, format!("this is not TOML: {}", e.message()))
    })?;
    let mut values = BTreeMap::new();
    for (name, value) in table.get_ref() {
        let (at, name) = (name.span().start, name.get_ref().as_ref());
        let Some(arg) = known.iter().find(|arg| key(arg) == name) else {
            return Err((at, unknown(name, known)));
        };
        if name == "data" && !named {
            let what = "data cannot be moved by a file that lies in it; LYCEUM_DATA can, and so \
                        can a file that is named by --config";
            return Err((at, what.to_owned()));
        }
        values.insert(name.to_owned(), read(arg, value)?);
    }
    Ok(values)
}

fn unknown(name: &str, known: &[Arg]) -> String {
    let name = name.replace('-', "_");
    let known: Vec<String> = known.iter().map(key).collect();
    let near = known.iter().min_by_key(|known| distance(known, &name));
    match near.filter(|near| distance(near, &name) <= 2) {
        Some(near) => format!("there is no setting \"{name}\"; did you mean {near}?"),
        None => format!("there is no setting \"{name}\""),
    }
}

/// Letters to change, add or leave out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], i + 1);
        for j in 0..b.len() {
            let changed = before + usize::from(a != b[j]);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// A value, or each of a list, as the flag takes it.
fn read(arg: &Arg, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Wrong> {
    match value.get_ref() {
        DeValue::Array(items) if is_list(arg) => items.iter().map(|item| one(arg, item)).collect(),
        _ if is_list(arg) => Err(not_wanted(
            arg,
            value,
            "a list of strings, as in [\"a\", \"b\"]",
        )),
        _ => Ok(vec![one(arg, value)?]),
    }
}

fn one(arg: &Arg, value: &Spanned<DeValue<'_>>) -> Result<String, Wrong> {
    let text = match (kind(arg), value.get_ref()) {
        (Kind::Text, DeValue::String(text)) => text.clone().into_owned(),
        (Kind::Truth, DeValue::Boolean(truth)) => truth.to_string(),
        (Kind::Whole, DeValue::Integer(number)) => {
            let whole = i64::from_str_radix(number.as_str(), number.radix());
            whole.map_or_else(|_| number.as_str().to_owned(), |whole| whole.to_string())
        }
        (Kind::Text, _) => return Err(not_wanted(arg, value, "a string, in quotes")),
        (Kind::Truth, _) => return Err(not_wanted(arg, value, "true or false")),
        (Kind::Whole, _) => return Err(not_wanted(arg, value, "a whole number, without quotes")),
    };
    checked(arg, &text).map_err(|wanted| {
        let message = format!("{} is {text:?}, {wanted}", key(arg));
        (value.span().start, message)
    })?;
    Ok(text)
}

fn not_wanted(arg: &Arg, value: &Spanned<DeValue<'_>>, wanted: &str) -> Wrong {
    let got = match value.get_ref() {
        DeValue::String(text) => format!("the string {text:?}"),
        DeValue::Integer(number) => format!("the number {}", number.as_str()),
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    };
    let message = format!("{} is {got}, wanted {wanted}", key(arg));
    (value.span().start, message)
}

/// What the flag would say of a value.
fn checked(arg: &Arg, text: &str) -> Result<(), String> {
    let long = arg.get_long().unwrap_or_default();
    let alone = arg.clone().global(false).conflicts_with_all(NOTHING);
    let alone = match arg.get_action() {
        ArgAction::Append => alone,
        _ => alone.action(ArgAction::Set),
    };
    let flag = Command::new("setting").no_binary_name(true).arg(alone);
    let Err(e) = flag.try_get_matches_from([format!("--{long}={text}")]) else {
        return Ok(());
    };
    if let Some(ContextValue::Strings(possible)) = e.get(ContextKind::ValidValue) {
        return Err(format!("wanted one of {}", possible.join(", ")));
    }
    let source = std::error::Error::source(&e).map(ToString::to_string);
    Err(source.unwrap_or_else(|| "which it cannot be".to_owned()))
}

const NOTHING: [&str; 0] = [];
