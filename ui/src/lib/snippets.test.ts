import { describe, expect, it } from "vitest";
import { chatBody } from "./chat.ts";
import { completionBody, DEFAULTS, restored } from "./request.ts";
import { LANGUAGES, snippet, whole } from "./snippets.ts";

const address = "http://127.0.0.1:8080/v1";
const body = completionBody({ ...DEFAULTS, model: "m", stop: ["\n"] }, `It's "\\" 天\u0001`, 7);

describe("a request", () => {
  it("says what the knobs say", () => {
    expect(body).toEqual({
      model: "m",
      prompt: `It's "\\" 天\u0001`,
      temperature: 1,
      max_tokens: 256,
      top_p: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
      stop: ["\n"],
      logprobs: 5,
      seed: 7,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("asks for all candidates, and for what they are compared by", () => {
    const many = completionBody({ ...DEFAULTS, bestOf: 3, show: "off" }, "", 1);
    expect([many.n, many.best_of, many.logprobs]).toEqual([3, 3, 0]);
    expect(completionBody({ ...DEFAULTS, show: "off" }, "", 1).logprobs).toBeUndefined();
  });

  it("comes from knobs within their limits, whatever was kept", () => {
    const kept = { temperature: 9, topP: NaN, show: "x", stop: null } as never;
    expect(restored(DEFAULTS, kept)).toEqual({ ...DEFAULTS, temperature: 2 });
  });
});

describe("a program", () => {
  it("holds the whole request, in every language", () => {
    for (const language of LANGUAGES) {
      const text = snippet(language, body, address, false);
      for (const value of ["256", "天", "7"]) expect(text, language).toContain(value);
      expect(text).not.toContain("OPENAI_API_KEY");
    }
  });

  it("takes the key from the environment where one is wanted", () => {
    for (const language of LANGUAGES.filter((l) => l !== "lyceum")) {
      expect(snippet(language, body, address, true), language).toContain("OPENAI_API_KEY");
    }
  });

  it("quotes for the shell", () => {
    const text = snippet("lyceum", body, address, false);
    expect(text).toContain(`-- 'It'\\''s "\\" 天\u0001'`);
    expect(text).toContain(`--stop '\n'`);
  });

  it("quotes for Rust", () => {
    const text = snippet("rust", { ...body, prompt: "\b\\u0001\u0001\n" }, address, false);
    expect(text).toContain(String.raw`"prompt": "\u{8}\\u0001\u{0001}\n"`);
  });

  it("says a conversation, and on the command line one question", () => {
    const own = { format: "text" as const, schema: "", tools: [], toolChoice: "auto" };
    const params = { ...DEFAULTS, model: "m", ...own };
    const [system, user, other] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ] as const;
    const question = chatBody(params, [system, user], 7);
    expect(snippet("lyceum", question, address, false)).toContain("--system 'Be brief.'");
    expect(snippet("lyceum", question, address, false)).toMatch(/^lyceum run [^]*-- Hi\n$/);
    const more = chatBody(params, [user, other, user], 7);
    expect(snippet("lyceum", more, address, false)).toBeNull();
    expect(snippet("python", more, address, false)).toContain("client.chat.completions.create(");
    expect(snippet("curl", more, address, false)).toContain("/v1/chat/completions");
  });

  it("says what the command line has flags for: biases, and what comes behind", () => {
    const logitBias = [{ id: 7, text: "a", bias: -100 }];
    const more = completionBody({ ...DEFAULTS, model: "m", logitBias }, "def ", 1);
    const text = snippet("lyceum", { ...more, suffix: "\n  pass" }, address, false);
    expect(text).toContain("--logit-bias 7=-100");
    expect(text).toContain("--suffix '\n  pass'");
  });

  it("asks for vectors, in every language that can", () => {
    const embedding = { model: "m", input: ["天", "a"], dimensions: 8 };
    for (const language of LANGUAGES.filter((l) => l !== "lyceum")) {
      const text = snippet(language, embedding, address, false) ?? "";
      for (const value of ["天", "8"]) expect(text, language).toContain(value);
      expect(text, language).toMatch(/[Ee]mbedding/);
      expect(text, language).not.toMatch(/undefined|stream|choices/);
    }
    expect(snippet("lyceum", embedding, address, false)).toBeNull();
  });

  it("writes Python's own words", () => {
    const text = snippet("python", body, address, false);
    expect(text).toContain("stream=True");
    expect(text).toContain(`stream_options={"include_usage": True}`);
    expect(snippet("python", whole(body), address, false)).not.toContain("stream");
  });
});
