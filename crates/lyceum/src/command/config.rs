//! `lyceum config`: the settings of `serve`, as a file that it could read.

use std::io::{self, Write};

use serde_json::json;

use crate::report::Outcome;
use crate::settings::{Kind, Origin, Setting, Settings};

/// Settings whose values open something.
const SECRETS: [&str; 2] = ["api_key", "database_url"];

const WIDTH: usize = 97;

/// The same for the server's own page: names, values, where each was said, and what it is about.
pub fn effective(settings: &Settings) -> Vec<serde_json::Value> {
    let list = settings.list();
    let row = |setting: &Setting| {
        let mut row = to_json(setting);
        row["name"] = row["key"].take();
        if let Some(row) = row.as_object_mut() {
            row.remove("key");
        }
        row["group"] = json!(setting.heading);
        row
    };
    list.iter().map(row).collect()
}

pub fn run(settings: &Settings) -> Outcome {
    let list = settings.list();
    let text = match settings.cli.global.json {
        true => {
            let rows: Vec<_> = list.iter().map(to_json).collect();
            let path = settings.path().map(|path| path.display().to_string());
            format!("{}\n", json!({"v": 1, "file": path, "settings": rows}))
        }
        false => to_toml(&list, settings.path()),
    };
    Ok(io::stdout().write_all(text.as_bytes())?)
}

fn to_toml(list: &[Setting], path: Option<&std::path::Path>) -> String {
    let mut text = String::from(
        "# The settings of `lyceum serve`. A flag goes before the environment, the environment \
         before\n# the file, the file before the default. A line behind # is as it would be \
         without it.\n",
    );
    text += &match path {
        Some(path) => format!("# This is with the file {}.\n", path.display()),
        None => {
            "# There is no file now: lyceum.toml in the data folder would be read.\n".to_owned()
        }
    };
    let mut heading = None;
    for setting in list {
        if setting.heading != heading {
            heading.clone_from(&setting.heading);
            let title = heading.as_deref().unwrap_or("For all commands");
            text += &format!("\n# == {title} ==\n");
        }
        text.push('\n');
        text += &commented(&setting.help);
        let Setting {
            flag,
            placeholder,
            variable,
            ..
        } = setting;
        text += &commented(&format!("{flag} {placeholder}, {variable}"));
        text += &line(setting);
    }
    text
}

fn commented(text: &str) -> String {
    let (mut lines, mut line) = (String::new(), String::from("#"));
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() > WIDTH {
            lines += &format!("{line}\n");
            line = String::from("#");
        }
        line += &format!(" {word}");
    }
    format!("{lines}{line}\n")
}

fn line(setting: &Setting) -> String {
    let Setting { key, .. } = setting;
    if setting.values.is_empty() {
        let example = match (setting.kind, setting.list) {
            (Kind::Text, true) => format!("[\"{}\"]", setting.placeholder),
            (Kind::Text, false) => format!("\"{}\"", setting.placeholder),
            _ => setting.placeholder.clone(),
        };
        return format!("# {key} = {example}\n");
    }
    let value = value(setting, &setting.values);
    let from = match setting.origin {
        Origin::Default => return format!("# {key} = {value}\n"),
        Origin::Flag => "by flag",
        Origin::Environment => "by the environment",
        Origin::File => "by the file",
    };
    if SECRETS.contains(&key.as_str()) {
        return format!("# {key} = {value}  # {from}; it is secret\n");
    }
    format!("{key} = {value}  # {from}\n")
}

/// As TOML, less what is secret.
fn value(setting: &Setting, values: &[String]) -> String {
    let one = |text: &String| match setting.kind {
        Kind::Text => quoted(&shown(setting, text)),
        Kind::Whole | Kind::Truth => text.clone(),
    };
    let values: Vec<String> = values.iter().map(one).collect();
    match setting.list {
        true => format!("[{}]", values.join(", ")),
        false => values.concat(),
    }
}

fn shown(setting: &Setting, text: &str) -> String {
    match setting.key.as_str() {
        "api_key" => "***".to_owned(),
        "database_url" => without_password(text),
        _ => text.to_owned(),
    }
}

/// The address without what stands between the user's name and the host.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "***".to_owned();
    };
    // Parameters may hold one, too.
    let rest = rest.split('?').next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn to_json(setting: &Setting) -> serde_json::Value {
    let typed = |text: &String| match setting.kind {
        Kind::Text => json!(shown(setting, text)),
        Kind::Whole => text
            .parse::<i64>()
            .map_or_else(|_| json!(text), |n| json!(n)),
        Kind::Truth => text
            .parse::<bool>()
            .map_or_else(|_| json!(text), |b| json!(b)),
    };
    let json = |values: &[String]| match (setting.list, values) {
        (true, values) => values.iter().map(typed).collect(),
        (false, []) => json!(null),
        (false, [value, ..]) => typed(value),
    };
    let from = match setting.origin {
        Origin::Flag => "flag",
        Origin::Environment => "environment",
        Origin::File => "file",
        Origin::Default => "default",
    };
    json!({"key": setting.key, "flag": setting.flag, "variable": setting.variable,
        "value": json(&setting.values), "from": from, "default": json(&setting.default),
        "help": setting.help})
}
