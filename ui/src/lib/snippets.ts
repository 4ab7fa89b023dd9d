/** Programs that send a given request, and print what comes. */

import type { ChatBody } from "./chat.ts";
import type { CompletionBody, EmbeddingBody } from "./request.ts";

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

export type Body = CompletionBody | ChatBody | EmbeddingBody;

/**
 * The address ends in `/v1`; `keyed` says whether the server wants a key. `null` where a language has
 * no words for the request: the command line takes one question, not a conversation, and embeds
 * nothing yet.
 */
export function snippet(
  language: Language,
  body: Body,
  address: string,
  keyed: boolean,
): string | null {
  return WRITERS[language](body, address, keyed);
}

/** The same request, answered at once. */
export function whole<B extends Body>(body: B): B {
  const rest = { ...body };
  for (const name of ["stream", "stream_options"]) Reflect.deleteProperty(rest, name);
  return rest;
}

/** How an endpoint and the text in its answers are called. */
interface Endpoint {
  path: string;
  python: string;
  python027: string;
  /** The text of a chunk's choice, by language, and that of a whole choice. */
  piece: { python: string; python027: string; node: string; rust: string };
  text: { python: string; node: string; rust: string };
}

const COMPLETIONS: Endpoint = {
  path: "/completions",
  python: "completions",
  python027: "Completion",
  piece: {
    python: "choice.text",
    python027: "choice.text",
    node: "choice.text",
    rust: `choice["text"]`,
  },
  text: { python: "choice.text", node: "choice.text", rust: `choice["text"]` },
};

const CHAT: Endpoint = {
  path: "/chat/completions",
  python: "chat.completions",
  python027: "ChatCompletion",
  piece: {
    python: `choice.delta.content or ""`,
    python027: `choice.delta.get("content", "")`,
    node: `choice.delta.content ?? ""`,
    rust: `choice["delta"]["content"]`,
  },
  text: {
    python: "choice.message.content",
    node: "choice.message.content",
    rust: `choice["message"]["content"]`,
  },
};

/** An answer of vectors: nothing of it streams. */
const EMBEDDINGS: Endpoint = {
  path: "/embeddings",
  python: "embeddings",
  python027: "Embedding",
  piece: { python: "", python027: "", node: "", rust: "" },
  text: { python: "", node: "", rust: "" },
};

function endpointOf(body: Body): Endpoint {
  if ("input" in body) return EMBEDDINGS;
  return "messages" in body ? CHAT : COMPLETIONS;
}

type Writer = (body: Body, address: string, keyed: boolean) => string | null;

const WRITERS: Record<Language, Writer> = {
  curl: (body, address, keyed) => {
    const lines = [
      `curl ${streams(body) ? "-N " : ""}${address}${endpointOf(body).path}`,
      `-H "Content-Type: application/json"`,
    ];
    if (keyed) lines.push(`-H "Authorization: Bearer $OPENAI_API_KEY"`);
    lines.push(`-d ${shell(JSON.stringify(body, null, 2))}`);
    return lines.join(" \\\n  ") + "\n";
  },

  python: (body, address, keyed) => {
    const { python: name, piece, text } = endpointOf(body);
    return `# pip install openai
${keyed ? "import os\n\n" : ""}from openai import OpenAI

client = OpenAI(base_url=${python(address)}, api_key=${pythonKey(keyed)})

answer = client.${name}.create(
${keywords(body)})
${
  "input" in body
    ? "for item in answer.data:\n    print(item.embedding)\n"
    : pythonOutput(body, piece.python, text.python)
}`;
  },

  "python-0.27": (body, address, keyed) => {
    const { python027: name, piece, text } = endpointOf(body);
    return `# pip install openai==0.27.10
${keyed ? "import os\n\n" : ""}import openai

openai.api_base = ${python(address)}
openai.api_key = ${pythonKey(keyed)}

answer = openai.${name}.create(
${keywords(body)})
${pythonOutput(body, piece.python027, text.python)}`;
  },

  node: (body, address, keyed) => {
    const { python: name, piece, text } = endpointOf(body);
    return `// npm install openai
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: ${JSON.stringify(address)},
  apiKey: ${keyed ? "process.env.OPENAI_API_KEY" : `"none"`},
});

const answer = await client.${name}.create(${JSON.stringify(body, null, 2)});
${nodeOutput(body, piece.node, text.node)}`;
  },

  rust: (body, address, keyed) => {
    const { path, piece, text } = endpointOf(body);
    const key = keyed
      ? `
        .header("Authorization", format!("Bearer {}", std::env::var("OPENAI_API_KEY")?))`
      : "";
    const request = rust(body, "").split("\n").join("\n        ");
    return `// cargo add serde_json; cargo add ureq --features json
${streams(body) ? "use std::io::{BufRead as _, BufReader};\n\n" : ""}use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut answer = ureq::post(${rustString(address + path)})${key}
        .send_json(json!(${request}))?;
${rustOutput(body, piece.rust, text.rust)}
    Ok(())
}
`;
  },

  lyceum: (body) => {
    if ("input" in body) return null;
    const flags = [
      `-m ${shell(body.model)}`,
      `-n ${body.max_tokens}`,
      `--temperature ${body.temperature}`,
      `--top-p ${body.top_p}`,
      `--frequency-penalty ${body.frequency_penalty}`,
      `--presence-penalty ${body.presence_penalty}`,
      `--seed ${body.seed}`,
      ...(body.stop ?? []).map((stop) => `--stop ${shell(stop)}`),
      ...Object.entries(body.logit_bias ?? {}).map(([id, bias]) => `--logit-bias ${id}=${bias}`),
    ];
    const command = (verb: string, prompt: string) =>
      `lyceum ${verb} ${flags.join(" \\\n  ")} \\\n  -- ${shell(prompt)}\n`;
    if (!("messages" in body)) {
      if (body.n) flags.push(`--choices ${body.n} --best-of ${body.n}`);
      if (body.logprobs) flags.push("--logprobs");
      if (body.suffix) flags.push(`--suffix ${shell(body.suffix)}`);
      return command("complete", body.prompt);
    }
    const [system, user] =
      body.messages[0]?.role === "system" ? body.messages : [undefined, ...body.messages];
    const one = body.messages.length === (system ? 2 : 1) && user?.role === "user";
    if (!one || body.response_format || body.tools) return null;
    if (system) flags.push(`--system ${shell(system.content)}`);
    return command("run", user.content);
  },
};

function pythonKey(keyed: boolean): string {
  return keyed ? `os.environ["OPENAI_API_KEY"]` : `"none"`;
}

function streams(body: Body): boolean {
  return "stream" in body && body.stream === true;
}

/** How many answers are asked for, where there may be several. */
function choices(body: Body): number | undefined {
  return "n" in body ? body.n : undefined;
}

function pythonOutput(body: Body, piece: string, text: string): string {
  if ("input" in body) return `for item in answer["data"]:\n    print(item["embedding"])\n`;
  if (!streams(body)) return `for choice in answer.choices:\n    print(${text})\n`;
  if (!choices(body)) {
    return `for chunk in answer:
    for choice in chunk.choices:
        print(${piece}, end="", flush=True)
print()
`;
  }
  return `texts = [""] * ${choices(body)}
for chunk in answer:
    for choice in chunk.choices:
        texts[choice.index] += ${piece}
for text in texts:
    print(text)
`;
}

function nodeOutput(body: Body, piece: string, text: string): string {
  if ("input" in body) {
    return "for (const item of answer.data) console.log(JSON.stringify(item.embedding));\n";
  }
  if (!streams(body)) return `for (const choice of answer.choices) console.log(${text});\n`;
  if (!choices(body)) {
    return `for await (const chunk of answer) {
  for (const choice of chunk.choices) process.stdout.write(${piece});
}
console.log();
`;
  }
  return `const texts = Array(${choices(body)}).fill("");
for await (const chunk of answer) {
  for (const choice of chunk.choices) texts[choice.index] += ${piece};
}
for (const text of texts) console.log(text);
`;
}

function rustOutput(body: Body, piece: string, text: string): string {
  if ("input" in body) {
    return `    let answer: Value = answer.body_mut().read_json()?;
    for item in answer["data"].as_array().into_iter().flatten() {
        println!("{}", item["embedding"]);
    }`;
  }
  if (!streams(body)) {
    return `    let answer: Value = answer.body_mut().read_json()?;
    for choice in answer["choices"].as_array().into_iter().flatten() {
        println!("{}", ${text}.as_str().unwrap_or_default());
    }`;
  }
  return `    let mut texts = vec![String::new(); ${choices(body) ?? 1}];
    for line in BufReader::new(answer.body_mut().as_reader()).lines() {
        let line = line?;
        let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else {
            continue;
        };
        let chunk: Value = serde_json::from_str(data)?;
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            let index = choice["index"].as_u64().unwrap_or_default() as usize;
            texts[index] += ${piece}.as_str().unwrap_or_default();
        }
    }
    println!("{}", texts.join("\\n"));`;
}

function keywords(body: Body): string {
  return Object.entries(body)
    .map(([name, value]) => `    ${name}=${python(value)},\n`)
    .join("");
}

/** A literal of Python, whose strings may be written as JSON's. */
function python(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    const fields = Object.entries(value);
    return `{${fields.map(([name, v]) => `${python(name)}: ${python(v)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** JSON as serde_json's macro takes it: strings are Rust's. */
function rust(value: unknown, indent: string): string {
  if (typeof value === "string") return rustString(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${rust(item, inner)}`)
    : Object.entries(value).map(([name, v]) => `${inner}${rustString(name)}: ${rust(v, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return items.length === 0 ? `${open}${close}` : `${open}\n${items.join(",\n")}\n${indent}${close}`;
}

function rustString(text: string): string {
  return JSON.stringify(text).replace(
    /\\(\\|u([0-9a-f]{4})|b|f)/g,
    (all, what: string, code?: string) => {
      if (what === "\\") return all;
      if (what === "b") return "\\u{8}";
      if (what === "f") return "\\u{c}";
      return `\\u{${code}}`;
    },
  );
}

/** One word of a POSIX shell. */
function shell(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
