/** What can be done on the page that is open, for the command palette. */

export interface Command {
  name: string;
  /** What kind of thing it is, beside its name. */
  kind: string;
  run: () => void;
}

class Commands {
  /** Those of the page; whoever offers them takes them back. */
  #offers: (() => Command[])[] = [];

  offer(commands: () => Command[]): () => void {
    this.#offers = [...this.#offers, commands];
    return () => (this.#offers = this.#offers.filter((other) => other !== commands));
  }

  get all(): Command[] {
    return this.#offers.flatMap((offer) => offer());
  }
}

export const commands = new Commands();

/**
 * Those in which all words are, best first: a name that begins with what was written, then one that
 * has a word that does, then the others.
 */
export function found(all: Command[], written: string): Command[] {
  const sought = written.trim().toLowerCase();
  const words = sought.split(/\s+/);
  const rank = ({ name }: Command) => {
    const lower = name.toLowerCase();
    if (lower.startsWith(sought)) return 0;
    return lower.includes(` ${sought}`) ? 1 : 2;
  };
  return all
    .filter(({ name, kind }) => words.every((word) => `${name} ${kind}`.toLowerCase().includes(word)))
    .map((command) => ({ command, rank: rank(command) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ command }) => command);
}
