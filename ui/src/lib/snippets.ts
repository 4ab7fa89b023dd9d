/** Programs that send a given request, and print what comes. */

import type { CompletionBody } from "./request.ts";

export const LANGUAGES = ["curl", "python", "python-0.27", "node", "rust", "lyceum"] as const;
export type Language = (typeof LANGUAGES)[number];

export const NAMES: Record<Language, string> = {
  curl: "curl",
  python: "Python",
  "python-0.27": "Python 0.27",
  node: "Node.js",
  rust: "Rust",
  lyceum: "lyceum",
};

/** The address ends in `/v1`; `keyed` says whether the server wants a key. */
export function snippet(
  language: Language,
  body: CompletionBody,
  address: string,
  keyed: boolean,
): string {
  return WRITERS[language](body, address, keyed);
}

/** The same request, answered at once. */
export function whole(body: CompletionBody): CompletionBody {
  const { stream: _, stream_options: __, ...rest } = body;
  return rest;
}

type Writer = (body: CompletionBody, address: string, keyed: boolean) => string;

const WRITERS: Record<Language, Writer> = {
  curl: (body, address, keyed) => {
    const lines = [
      `curl ${body.stream ? "-N " : ""}${address}/completions`,
      `-H "Content-Type: application/json"`,
    ];
    if (keyed) lines.push(`-H "Authorization: Bearer $OPENAI_API_KEY"`);
    lines.push(`-d ${shell(JSON.stringify(body, null, 2))}`);
    return lines.join(" \\\n  ") + "\n";
  },

  python: (body, address, keyed) => {
    const key = keyed ? `os.environ["OPENAI_API_KEY"]` : `"none"`;
    return `# pip install openai
${keyed ? "import os\n\n" : ""}from openai import OpenAI

client = OpenAI(base_url=${python(address)}, api_key=${key})

answer = client.completions.create(
${keywords(body)})
${pythonOutput(body)}`;
  },

  "python-0.27": (body, address, keyed) => {
    const key = keyed ? `os.environ["OPENAI_API_KEY"]` : `"none"`;
    return `# pip install openai==0.27.10
${keyed ? "import os\n\n" : ""}import openai

openai.api_base = ${python(address)}
openai.api_key = ${key}

answer = openai.Completion.create(
${keywords(body)})
${pythonOutput(body)}`;
  },

  node: (body, address, keyed) => {
    const key = keyed ? "process.env.OPENAI_API_KEY" : `"none"`;
    const one = body.stream
      ? `for await (const chunk of answer) {
  process.stdout.write(chunk.choices[0]?.text ?? "");
}
console.log();
`
      : `console.log(answer.choices[0].text);\n`;
    const many = body.stream
      ? `const texts = Array(${body.n}).fill("");
for await (const chunk of answer) {
  for (const choice of chunk.choices) texts[choice.index] += choice.text;
}
for (const text of texts) console.log(text);
`
      : `for (const choice of answer.choices) console.log(choice.text);\n`;
    return `// npm install openai
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: ${JSON.stringify(address)},
  apiKey: ${key},
});

const answer = await client.completions.create(${JSON.stringify(body, null, 2)});
${body.n ? many : one}`;
  },

  rust: (body, address, keyed) => {
    const key = keyed
      ? `
        .header("Authorization", format!("Bearer {}", std::env::var("OPENAI_API_KEY")?))`
      : "";
    const request = literal(body, "    ", rustString).split("\n").join("\n        ");
    const output = body.stream
      ? `
    let mut texts = vec![String::new(); ${body.n ?? 1}];
    for line in BufReader::new(answer.body_mut().as_reader()).lines() {
        let line = line?;
        let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else {
            continue;
        };
        let chunk: Value = serde_json::from_str(data)?;
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            let index = choice["index"].as_u64().unwrap_or_default() as usize;
            texts[index] += choice["text"].as_str().unwrap_or_default();
        }
    }
    println!("{}", texts.join("\\n"));`
      : `
    let answer: Value = answer.body_mut().read_json()?;
    for choice in answer["choices"].as_array().into_iter().flatten() {
        println!("{}", choice["text"].as_str().unwrap_or_default());
    }`;
    return `// cargo add serde_json; cargo add ureq --features json
${body.stream ? "use std::io::{BufRead as _, BufReader};\n\n" : ""}use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut answer = ureq::post(${rustString(`${address}/completions`)})${key}
        .send_json(json!(${request}))?;${output}
    Ok(())
}
`;
  },

  lyceum: (body) => {
    const flags = [
      `-m ${shell(body.model)}`,
      `-n ${body.max_tokens}`,
      `--temperature ${body.temperature}`,
      `--top-p ${body.top_p}`,
      `--frequency-penalty ${body.frequency_penalty}`,
      `--presence-penalty ${body.presence_penalty}`,
      `--seed ${body.seed}`,
      ...(body.stop ?? []).map((stop) => `--stop ${shell(stop)}`),
    ];
    if (body.n) flags.push(`--choices ${body.n} --best-of ${body.n}`);
    if (body.logprobs) flags.push("--logprobs");
    return `lyceum complete ${flags.join(" \\\n  ")} \\\n  -- ${shell(body.prompt)}\n`;
  },
};

function pythonOutput(body: CompletionBody): string {
  if (!body.stream) {
    return body.n
      ? "for choice in answer.choices:\n    print(choice.text)\n"
      : "print(answer.choices[0].text)\n";
  }
  if (!body.n) {
    return `for chunk in answer:
    for choice in chunk.choices:
        print(choice.text, end="", flush=True)
print()
`;
  }
  return `texts = [""] * ${body.n}
for chunk in answer:
    for choice in chunk.choices:
        texts[choice.index] += choice.text
for text in texts:
    print(text)
`;
}

function keywords(body: CompletionBody): string {
  return Object.entries(body)
    .map(([name, value]) => `    ${name}=${python(value)},\n`)
    .join("");
}

/** A literal of Python, whose strings may be written as JSON's. */
function python(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value);
    return `{${fields.map(([name, v]) => `${python(name)}: ${python(v)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** JSON over several lines, with strings as a language writes them. */
function literal(value: unknown, indent: string, string: (text: string) => string): string {
  if (typeof value === "string") return string(value);
  if (Array.isArray(value)) {
    return `[${value.map((v) => literal(v, indent, string)).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([name, v]) => `${indent}${string(name)}: ${nested(literal(v, indent, string), indent)}`,
    );
    return `{\n${fields.join(",\n")}\n}`;
  }
  return JSON.stringify(value);
}

function nested(text: string, indent: string): string {
  return text.startsWith("{") ? text.split("\n").join(`\n${indent}`) : text;
}

function rustString(text: string): string {
  const json = JSON.stringify(text);
  return json
    .replace(/\\(\\|u([0-9a-f]{4})|b|f)/g, (whole, what: string, code?: string) => {
      if (what === "\\") return whole;
      if (what === "b") return "\\u{8}";
      if (what === "f") return "\\u{c}";
      return `\\u{${code}}`;
    });
}

/** One word of a POSIX shell. */
function shell(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
