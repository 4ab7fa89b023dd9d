/** The program under test, as its users start it. */

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Set by `cargo xtask ui`. */
function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests are run by cargo xtask ui`);
  return value;
}

const LYCEUM = told("LYCEUM_PROGRAM");
const DATA = told("LYCEUM_TEST_DATA");
/** More flags for every server, as in `--ui-dir ui/dist` while pages are written. */
const FLAGS = (process.env.LYCEUM_SERVE_FLAGS ?? "").split(" ").filter((flag) => flag !== "");

export class Server {
  #child: ChildProcess;
  /** As in `http://127.0.0.1:8080`. */
  origin: string;

  private constructor(child: ChildProcess, origin: string) {
    this.#child = child;
    this.origin = origin;
  }

  static async start(...flags: string[]): Promise<Server> {
    const port = flags.includes("--port") ? [] : ["--port", "0"];
    const child = spawn(LYCEUM, ["--data", DATA, "serve", ...port, ...FLAGS, ...flags], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    // A test that fails stops nothing.
    process.once("exit", () => child.kill("SIGKILL"));
    const lines: string[] = [];
    const origin = await new Promise<string>((found, failed) => {
      const reader = createInterface({ input: child.stderr! });
      reader.on("line", (line) => {
        lines.push(line);
        const serving = /Serving (http:\/\/[^/]+)\/v1/.exec(line);
        if (serving?.[1]) found(serving[1]);
      });
      reader.on("close", () => failed(new Error(`lyceum serve ended:\n${lines.join("\n")}`)));
    });
    return new Server(child, origin);
  }

  get port(): string {
    return new URL(this.origin).port;
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((done) => this.#child.once("exit", done));
    this.#child.kill("SIGKILL");
    await ended;
  }
}

/** What a program prints. */
export async function output(program: string, args: string[]): Promise<string> {
  const { stdout } = await run(program, args, { maxBuffer: 1 << 24 });
  return stdout;
}

/** What a shell prints for a command, in which `lyceum` is the program under test; nobody types. */
export async function shell(command: string): Promise<string> {
  const here = `exec </dev/null; lyceum() { "$LYCEUM_PROGRAM" --data "$LYCEUM_TEST_DATA" "$@"; }\n`;
  return output("bash", ["-euc", here + command]);
}
