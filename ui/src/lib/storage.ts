/** What a browser keeps between visits. It may refuse; then nothing is kept, and nothing breaks. */

const PREFIX = "lyceum.";

export function recall<T>(name: string, otherwise: T, where?: Storage): T {
  try {
    const text = (where ?? localStorage).getItem(PREFIX + name);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

/** False if there was no room or no leave. */
export function keep(name: string, value: unknown, where?: Storage): boolean {
  try {
    (where ?? localStorage).setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(name: string, where?: Storage): void {
  try {
    (where ?? localStorage).removeItem(PREFIX + name);
  } catch {
    // It could not have been kept either.
  }
}
