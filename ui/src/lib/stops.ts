/** Where code that is inserted should end, for those who do not want to think of stop sequences. */

export const LANGUAGES = ["python", "javascript", "rust", "go", "c", "java", "text"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Names of languages are the same in all of ours. */
export const NAMES: Record<Exclude<Language, "text">, string> = {
  python: "Python",
  javascript: "JavaScript",
  rust: "Rust",
  go: "Go",
  c: "C",
  java: "Java",
};

export const ENDS = ["none", "line", "block", "definition"] as const;
export type End = (typeof ENDS)[number];

/** What begins the next definition; four, as more are not taken. */
const DEFINITIONS: Record<Language, string[]> = {
  python: ["\ndef ", "\nclass ", "\n@", "\nif __name__"],
  javascript: ["\nfunction ", "\nclass ", "\nconst ", "\nexport "],
  rust: ["\nfn ", "\npub ", "\nimpl ", "\nstruct "],
  go: ["\nfunc ", "\ntype ", "\nvar ", "\nconst "],
  c: ["\nint ", "\nvoid ", "\nstatic ", "\nstruct "],
  java: ["\n    public ", "\n    private ", "\n    protected ", "\n    @"],
  text: ["\n# ", "\n## ", "\n---", "\n==="],
};

export function stopsOf(language: Language, end: End): string[] {
  switch (end) {
    case "none":
      return [];
    case "line":
      return ["\n"];
    case "block":
      return ["\n\n"];
    case "definition":
      return DEFINITIONS[language];
  }
}

/** Which end these stop sequences are, if they are one. */
export function endOf(language: Language, stops: string[]): End | undefined {
  return ENDS.find((end) => JSON.stringify(stopsOf(language, end)) === JSON.stringify(stops));
}
