// src/lib/commands.ts
var Commands = class {
	#offers = [];
	offer(commands) {
		this.#offers = [...this.#offers, commands];
		return () => this.#offers = this.#offers.filter((other) => other !== commands);
	}
	get all() {
		return this.#offers.flatMap((offer) => offer());
	}
};
var commands = new Commands();
function found(all, written) {
	const sought = written.trim().toLowerCase();
	const words = sought.split(/\s+/);
	const rank = ({ name }) => {
		const lower = name.toLowerCase();
		if (lower.startsWith(sought)) return 0;
		return lower.includes(` ${sought}`) ? 1 : 2;
	};
	return all.filter(({ name, kind }) => words.every((word) => `${name} ${kind}`.toLowerCase().includes(word))).map((command) => ({
		command,
		rank: rank(command)
	})).sort((a, b) => a.rank - b.rank).map(({ command }) => command);
}
export { found as n, commands as t };
