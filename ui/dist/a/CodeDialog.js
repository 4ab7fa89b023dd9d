import { An as user_derived, At as recall, Bt as bind_checked, Cn as child, Dn as proxy, Dt as t, En as sibling, In as reset, K as endpoint, Mn as pop, Nn as push, On as set, Tn as only_child, Ut as remove_input_defaults, Wt as set_attribute, _n as get, bn as user_effect, bt as key, cn as append, hn as delegated, in as if_block, kn as state, kt as keep, mn as delegate, p as Segments, sn as set_text, t as Dialog, un as from_html, wn as first_child, yn as template_effect } from "./shared.js";
import { t as copy } from "./shared2.js";
// src/lib/snippets.ts
var LANGUAGES = [
	"curl",
	"python",
	"python-0.27",
	"node",
	"rust",
	"lyceum"
];
var NAMES = {
	curl: "curl",
	python: "Python",
	"python-0.27": "Python 0.27",
	node: "Node.js",
	rust: "Rust",
	lyceum: "lyceum"
};
function snippet(language, body, address, keyed) {
	return WRITERS[language](body, address, keyed);
}
function whole(body) {
	const rest = { ...body };
	for (const name of ["stream", "stream_options"]) Reflect.deleteProperty(rest, name);
	return rest;
}
var COMPLETIONS = {
	path: "/completions",
	python: "completions",
	python027: "Completion",
	piece: {
		python: "choice.text",
		python027: "choice.text",
		node: "choice.text",
		rust: `choice["text"]`
	},
	text: {
		python: "choice.text",
		node: "choice.text",
		rust: `choice["text"]`
	}
};
var CHAT = {
	path: "/chat/completions",
	python: "chat.completions",
	python027: "ChatCompletion",
	piece: {
		python: `choice.delta.content or ""`,
		python027: `choice.delta.get("content", "")`,
		node: `choice.delta.content ?? ""`,
		rust: `choice["delta"]["content"]`
	},
	text: {
		python: "choice.message.content",
		node: "choice.message.content",
		rust: `choice["message"]["content"]`
	}
};
var EMBEDDINGS = {
	path: "/embeddings",
	python: "embeddings",
	python027: "Embedding",
	piece: {
		python: "",
		python027: "",
		node: "",
		rust: ""
	},
	text: {
		python: "",
		node: "",
		rust: ""
	}
};
function endpointOf(body) {
	if ("input" in body) return EMBEDDINGS;
	return "messages" in body ? CHAT : COMPLETIONS;
}
var WRITERS = {
	curl: (body, address, keyed) => {
		const lines = [`curl ${streams(body) ? "-N " : ""}${address}${endpointOf(body).path}`, `-H "Content-Type: application/json"`];
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
${"input" in body ? "for item in answer.data:\n    print(item.embedding)\n" : pythonOutput(body, piece.python, text.python)}`;
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
		const key = keyed ? `
        .header("Authorization", format!("Bearer {}", std::env::var("OPENAI_API_KEY")?))` : "";
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
			...Object.entries(body.logit_bias ?? {}).map(([id, bias]) => `--logit-bias ${id}=${bias}`)
		];
		const command = (verb, prompt) => `lyceum ${verb} ${flags.join(" \\\n  ")} \\\n  -- ${shell(prompt)}\n`;
		if (!("messages" in body)) {
			if (body.n) flags.push(`--choices ${body.n} --best-of ${body.n}`);
			if (body.logprobs) flags.push("--logprobs");
			if (body.suffix) flags.push(`--suffix ${shell(body.suffix)}`);
			return command("complete", body.prompt);
		}
		const [system, user] = body.messages[0]?.role === "system" ? body.messages : [void 0, ...body.messages];
		if (!(body.messages.length === (system ? 2 : 1) && user?.role === "user") || body.response_format || body.tools) return null;
		if (system) flags.push(`--system ${shell(system.content)}`);
		return command("run", user.content);
	}
};
function pythonKey(keyed) {
	return keyed ? `os.environ["OPENAI_API_KEY"]` : `"none"`;
}
function streams(body) {
	return "stream" in body && body.stream === true;
}
function choices(body) {
	return "n" in body ? body.n : void 0;
}
function pythonOutput(body, piece, text) {
	if ("input" in body) return `for item in answer["data"]:\n    print(item["embedding"])\n`;
	if (!streams(body)) return `for choice in answer.choices:\n    print(${text})\n`;
	if (!choices(body)) return `for chunk in answer:
    for choice in chunk.choices:
        print(${piece}, end="", flush=True)
print()
`;
	return `texts = [""] * ${choices(body)}
for chunk in answer:
    for choice in chunk.choices:
        texts[choice.index] += ${piece}
for text in texts:
    print(text)
`;
}
function nodeOutput(body, piece, text) {
	if ("input" in body) return "for (const item of answer.data) console.log(JSON.stringify(item.embedding));\n";
	if (!streams(body)) return `for (const choice of answer.choices) console.log(${text});\n`;
	if (!choices(body)) return `for await (const chunk of answer) {
  for (const choice of chunk.choices) process.stdout.write(${piece});
}
console.log();
`;
	return `const texts = Array(${choices(body)}).fill("");
for await (const chunk of answer) {
  for (const choice of chunk.choices) texts[choice.index] += ${piece};
}
for (const text of texts) console.log(text);
`;
}
function rustOutput(body, piece, text) {
	if ("input" in body) return `    let answer: Value = answer.body_mut().read_json()?;
    for item in answer["data"].as_array().into_iter().flatten() {
        println!("{}", item["embedding"]);
    }`;
	if (!streams(body)) return `    let answer: Value = answer.body_mut().read_json()?;
    for choice in answer["choices"].as_array().into_iter().flatten() {
        println!("{}", ${text}.as_str().unwrap_or_default());
    }`;
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
function keywords(body) {
	return Object.entries(body).map(([name, value]) => `    ${name}=${python(value)},\n`).join("");
}
function python(value) {
	if (value === null) return "None";
	if (typeof value === "boolean") return value ? "True" : "False";
	if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
	if (typeof value === "object") return `{${Object.entries(value).map(([name, v]) => `${python(name)}: ${python(v)}`).join(", ")}}`;
	return JSON.stringify(value);
}
function rust(value, indent) {
	if (typeof value === "string") return rustString(value);
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	const inner = `${indent}    `;
	const items = Array.isArray(value) ? value.map((item) => `${inner}${rust(item, inner)}`) : Object.entries(value).map(([name, v]) => `${inner}${rustString(name)}: ${rust(v, inner)}`);
	const [open, close] = Array.isArray(value) ? "[]" : "{}";
	return items.length === 0 ? `${open}${close}` : `${open}\n${items.join(",\n")}\n${indent}${close}`;
}
function rustString(text) {
	return JSON.stringify(text).replace(/\\(\\|u([0-9a-f]{4})|b|f)/g, (all, what, code) => {
		if (what === "\\") return all;
		if (what === "b") return "\\u{8}";
		if (what === "f") return "\\u{c}";
		return `\\u{${code}}`;
	});
}
function shell(text) {
	if (/^[\w@%+=:,./-]+$/.test(text)) return text;
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
// src/pages/playground/CodeDialog.svelte
var root = from_html(`<label class="check"><input type="checkbox"/> </label>`);
var root_1 = from_html(`<p class="muted"> </p> <div class="row svelte-1gre4g7"><!> <button> </button></div> <pre tabindex="0" role="region" class="svelte-1gre4g7"><code class="svelte-1gre4g7"> </code></pre> <!>`, 1);
function CodeDialog($$anchor, $$props) {
	push($$props, true);
	let language = state(proxy(recall("code.language", "curl")));
	let streamed = state(true);
	let copied = state(false);
	const text = user_derived(() => snippet(get(language), get(streamed) ? $$props.request : whole($$props.request), endpoint(""), key.value !== "") ?? t("code.none"));
	user_effect(() => {
		get(text);
		set(copied, false);
	});
	{
		let $0 = user_derived(() => t("play.code"));
		Dialog($$anchor, {
			get title() {
				return get($0);
			},
			open: true,
			get onclose() {
				return $$props.onclose;
			},
			wide: true,
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = root_1();
				var p = first_child(fragment_1);
				var text_1 = only_child(p, true);
				var div = sibling(p, 2);
				var node = child(div);
				{
					let $0 = user_derived(() => t("code.language"));
					Segments(node, {
						get label() {
							return get($0);
						},
						get options() {
							return LANGUAGES;
						},
						names: (option) => NAMES[option],
						onchange: () => keep("code.language", get(language)),
						get value() {
							return get(language);
						},
						set value($$value) {
							set(language, $$value, true);
						}
					});
				}
				var button = sibling(node, 2);
				var text_2 = only_child(button, true);
				reset(div);
				var pre = sibling(div, 2);
				var code = child(pre);
				var text_3 = only_child(code, true);
				reset(pre);
				var node_1 = sibling(pre, 2);
				var consequent = ($$anchor) => {
					var label = root();
					var input = child(label);
					remove_input_defaults(input);
					var text_4 = sibling(input, 1, true);
					reset(label);
					template_effect(($0) => set_text(text_4, $0), [() => t("code.stream")]);
					bind_checked(input, () => get(streamed), ($$value) => set(streamed, $$value));
					append($$anchor, label);
				};
				if_block(node_1, ($$render) => {
					if (get(language) !== "lyceum" && "stream" in $$props.request) $$render(consequent);
				});
				template_effect(($0, $1) => {
					set_text(text_1, $0);
					set_text(text_2, $1);
					set_attribute(pre, "aria-label", NAMES[get(language)]);
					set_text(text_3, get(text));
				}, [() => $$props.sent ? t("code.sent") : t("code.would"), () => get(copied) ? t("copied") : t("copy")]);
				delegated("click", button, async () => set(copied, await copy(get(text)), true));
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
export { CodeDialog as default };
