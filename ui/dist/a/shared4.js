// src/lib/files.ts
function download(name, content) {
	const blob = typeof content === "string" ? new Blob([content], { type: "text/plain" }) : content;
	const link = document.createElement("a");
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	URL.revokeObjectURL(link.href);
}
export { download as t };
