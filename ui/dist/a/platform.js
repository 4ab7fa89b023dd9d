import { An as user_derived, Cn as child, Ct as fill, Dt as t, En as sibling, In as reset, Mn as pop, Nn as push, On as set, Rt as prop, Tn as only_child, Tt as number, U as Failure, W as ask, Wt as set_attribute, Xt as set_class, _n as get$1, bt as key, cn as append, en as snippet, fn as props_id, hn as delegated, in as if_block, jt as connection, kn as state, ln as comment, mn as delegate, nn as index, sn as set_text, tn as each, un as from_html, wn as first_child, wt as language, x as ErrorBox, yn as template_effect } from "./shared.js";
// src/lib/format.ts
var UNITS = [
	"B",
	"KB",
	"MB",
	"GB",
	"TB"
];
function size(bytes) {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1e3;
		unit += 1;
	}
	return `${number(value, unit > 0 && value < 99.95 ? 1 : 0)} ${UNITS[unit]}`;
}
var LARGE = [
	[1e9, "B"],
	[1e6, "M"],
	[1e3, "K"]
];
function short(count) {
	const unit = LARGE.find(([least]) => count >= least * .9995);
	if (!unit) return number(count);
	const value = count / unit[0];
	return `${number(value, value < 99.95 ? 1 : 0)} ${unit[1]}`;
}
function moment(seconds, style = "short") {
	const format = {
		dateStyle: "medium",
		timeStyle: style
	};
	return new Intl.DateTimeFormat(language.tag, format).format(seconds * 1e3);
}
function date(seconds) {
	return new Intl.DateTimeFormat(language.tag, { dateStyle: "medium" }).format(seconds * 1e3);
}
function day(seconds, long = false) {
	const format = long ? {
		dateStyle: "medium",
		timeZone: "UTC"
	} : {
		month: "short",
		day: "numeric",
		timeZone: "UTC"
	};
	return new Intl.DateTimeFormat(language.tag, format).format(seconds * 1e3);
}
function took(ms) {
	return ms < 1e4 ? `${number(ms)} ms` : `${number(ms / 1e3, 1)} s`;
}
function left(seconds) {
	const whole = Math.max(0, Math.round(seconds));
	const parts = [
		Math.floor(whole / 3600),
		Math.floor(whole / 60) % 60,
		whole % 60
	];
	return (parts[0] === 0 ? parts.slice(1) : parts).map((part, i) => i === 0 ? String(part) : String(part).padStart(2, "0")).join(":");
}
// src/i18n/platform.en.ts
var platformEn = {
	"page.loading": "Loading",
	"page.again": "Try again",
	"page.denied": "Not allowed",
	"page.deniedWhy": "This page is for keys of the scope “admin”. On the server's machine, `lyceum keys create NAME --scope admin` makes one.",
	"page.otherKey": "Enter another key",
	"page.dismiss": "Hide",
	"page.more": "Show more",
	"page.refresh": "Refresh",
	"page.table": "Show as a table",
	"models.memory": "Memory of loaded models",
	"models.used": "{used} of {limit} in use",
	"models.usedOnly": "{used} in use",
	"models.here": "Installed",
	"models.absent": "Can be fetched",
	"models.none": "No model is installed. Fetch one from the list below.",
	"models.complete": "Everything in the catalog is installed.",
	"models.state.available": "not here",
	"models.state.pulling": "being fetched",
	"models.state.installed": "on disk",
	"models.state.loading": "being loaded",
	"models.state.loaded": "in memory",
	"models.can.chat": "chat",
	"models.can.completions": "complete",
	"models.can.insert": "insert",
	"models.can.tools": "call functions",
	"models.can.embeddings": "embeddings",
	"models.pull": "Fetch",
	"models.stop": "Stop",
	"models.load": "Load",
	"models.unload": "Unload",
	"models.remove": "Remove",
	"models.of": "{action}: {name}",
	"models.progress": "{done} of {total}",
	"models.progressUnknown": "Looking for a source",
	"models.rate": "{rate}/s, {left} left",
	"models.answering.one": "{n} answer under way",
	"models.answering.many": "{n} answers under way",
	"models.failed": "Fetching failed: {why}",
	"models.problem": "Not usable: {why}",
	"models.ask": "Remove {name} from this machine?",
	"models.askWhy": "This frees {size}. You can fetch it again later; a model from elsewhere must be imported again.",
	"models.card": "About {name}",
	"models.format": "Weights",
	"models.size": "Size",
	"models.context": "Context",
	"models.tokens": "{n} tokens",
	"models.parameters": "Parameters",
	"models.dimensions": "Dimensions",
	"models.licence": "Licence",
	"models.source": "From",
	"models.aliases": "Other names",
	"models.resident": "In memory",
	"models.can": "Can",
	"models.unknown": "unknown",
	"models.noCard": "There is no model of this name here.",
	"files.upload": "Upload",
	"files.choose": "Choose a file",
	"files.drop": "or drop one here",
	"files.purpose": "Purpose",
	"files.none": "No files yet. Batches read their requests from files of JSON lines.",
	"files.name": "Name",
	"files.size": "Size",
	"files.created": "Uploaded",
	"files.expires": "Expires",
	"files.status": "Status",
	"files.checking": "Checking {name}: {n} lines",
	"files.sending": "Sending {name}: {percent}",
	"files.sent": "{name} is uploaded.",
	"files.lines.one": "{n} line, all right",
	"files.lines.many": "{n} lines, all right",
	"files.bad": "{name} has lines that are not right. It was not uploaded.",
	"files.badMore": "There may be more; this stops at {n}.",
	"files.line": "Line {line}",
	"files.anyway": "Upload it anyway",
	"files.preview": "Preview",
	"files.previewOf": "Beginning of {name}",
	"files.first": "The first {n} lines",
	"files.whole": "All of it",
	"files.binary": "This is no text.",
	"files.cut": "(the line goes on)",
	"files.delete": "Delete",
	"files.ask": "Delete {name}?",
	"files.askWhy": "This cannot be undone.",
	"files.inUse": "The batch {id} is working on it, and would fail.",
	"files.actions": "Actions",
	"lines.json": "not JSON: {got}",
	"lines.object": "not a JSON object, but {got}",
	"lines.empty": "the line is empty",
	"lines.custom_id": "“custom_id” is missing, or no text",
	"lines.twice": "“custom_id” is {got} a second time",
	"lines.method": "“method” is {got}, not POST",
	"lines.url": "“url” is {got}, not an endpoint such as /v1/chat/completions",
	"lines.body": "“body” is missing, or no object",
	"lines.messages": "there is neither “messages” nor “prompt” and “completion”",
	"lines.role": "a message has the role {got}",
	"lines.content": "a message has no text",
	"keys.create": "Create key",
	"keys.none": "There are no keys, so everybody on this machine may do everything.",
	"keys.first": "From the first key on, the server asks everybody for one, this page included. Make an “admin” key first.",
	"keys.name": "Name",
	"keys.key": "Key",
	"keys.scope": "Scope",
	"keys.scope.admin": "everything, also keys, logs and usage",
	"keys.scope.all": "everything but the pages about the server",
	"keys.scope.inference": "ask models; keep and change nothing",
	"keys.expiry": "Expires",
	"keys.expiry.never": "never",
	"keys.expiry.day": "in 1 day",
	"keys.expiry.week": "in 7 days",
	"keys.expiry.month": "in 30 days",
	"keys.expiry.year": "in 1 year",
	"keys.budget": "Budget in tokens",
	"keys.requests": "Requests per minute",
	"keys.tokens": "Tokens per minute",
	"keys.noLimit": "no limit",
	"keys.limits": "Limits",
	"keys.state": "State",
	"keys.state.live": "live",
	"keys.state.expired": "expired",
	"keys.state.revoked": "revoked",
	"keys.created": "Created",
	"keys.lastUsed": "Last used",
	"keys.neverUsed": "never",
	"keys.used": "Used",
	"keys.usedTokens": "{n} tokens",
	"keys.ofBudget": "{n} of {budget} tokens",
	"keys.limit.requests": "{n} requests/min",
	"keys.limit.tokens": "{n} tokens/min",
	"keys.once": "Your new key",
	"keys.onceWhy": "It is shown only now: the server keeps no more than its hash. Copy it before you close this.",
	"keys.useHere": "Use it in this browser from now on",
	"keys.done": "Done",
	"keys.change": "Change limits",
	"keys.save": "Save",
	"keys.revoke": "Revoke",
	"keys.revoking": "{name} is revoked in {n} s.",
	"keys.undo": "Undo",
	"keys.of": "{action}: {name}",
	"keys.hidden.one": "Show {n} key that has ended",
	"keys.hidden.many": "Show {n} keys that have ended",
	"keys.anybody": "without a key",
	"keys.operator": "the operator's",
	"usage.range": "Time",
	"usage.days": "{n} days",
	"usage.model": "Model",
	"usage.key": "Key",
	"usage.all": "All",
	"usage.csv": "CSV",
	"usage.none": "Nothing was asked in this time.",
	"usage.requests": "Requests",
	"usage.tokens": "Tokens",
	"usage.input": "Tokens in",
	"usage.cached": "of them known",
	"usage.output": "Tokens out",
	"usage.byModel": "By model",
	"usage.byKey": "By key",
	"usage.day": "Day",
	"usage.requestsSum": "{n} requests in {days} days; most on {day}: {most}.",
	"usage.tokensSum": "{input} tokens read and {output} written; {cached} of those read were known already.",
	"usage.topSum": "{name} has the most: {share} of all tokens.",
	"logs.kept": "Keep what is said to models and by them",
	"logs.keptWhy": "In the server's memory only, and only from now on. It is needed for “open in Playground”.",
	"logs.where": "The server remembers the last 2,000 requests until it ends; nothing of this is written to a disk.",
	"logs.forget": "Forget all",
	"logs.model": "Model",
	"logs.status": "Status",
	"logs.path": "Endpoint",
	"logs.any": "Any",
	"logs.ok": "Good",
	"logs.error": "Errors",
	"logs.none": "No requests yet.",
	"logs.noneLike": "No request is like that.",
	"logs.time": "Time",
	"logs.key": "Key",
	"logs.ms": "Took",
	"logs.first": "First token",
	"logs.input": "In",
	"logs.output": "Out",
	"logs.detail": "Request {id}",
	"logs.request": "Request",
	"logs.response": "Answer",
	"logs.notKept": "What was said was not kept.",
	"logs.cut": "It is cut off: only the first 64 KiB are kept.",
	"logs.replay": "Open in Playground",
	"logs.noReplay": "This cannot be opened in the Playground: {why}",
	"logs.why.endpoint": "only chats and completions can.",
	"logs.why.text": "what was said was not kept.",
	"logs.why.cut": "only its beginning was kept.",
	"logs.why.shape": "it has something in it that the Playground cannot show.",
	"logs.cutOff": "the client left before the end",
	"settings.look": "This browser",
	"settings.language": "Language",
	"settings.theme": "Theme",
	"settings.send": "Send a message by",
	"settings.send.enter": "Enter",
	"settings.send.mod": "{mod} Enter",
	"settings.server": "The server",
	"settings.why": "What is in force, and where it was said. A flag goes before the environment, the environment before the file.",
	"settings.name": "Setting",
	"settings.value": "Value",
	"settings.from": "Said by",
	"settings.from.flag": "a flag",
	"settings.from.environment": "the environment",
	"settings.from.file": "the file",
	"settings.from.default": "nobody",
	"settings.changed": "Only what was said",
	"settings.unset": "not set",
	"settings.about": "About",
	"settings.version": "Version",
	"settings.platform": "Machine",
	"settings.data": "Data folder",
	"settings.file": "Settings file",
	"settings.noFile": "none",
	"settings.started": "Running since",
	"settings.licences": "What others wrote, and its licences"
};
// src/i18n/platform.zh.ts
var platformZh = {
	"page.loading": "正在加载",
	"page.again": "重试",
	"page.denied": "没有权限",
	"page.deniedWhy": "此页面需要范围为“admin”的密钥。在服务器所在的机器上用`lyceum keys create NAME --scope admin`创建。",
	"page.otherKey": "换一个密钥",
	"page.dismiss": "隐藏",
	"page.more": "显示更多",
	"page.refresh": "刷新",
	"page.table": "显示为表格",
	"models.memory": "已加载模型占用的内存",
	"models.used": "已用{used}，上限{limit}",
	"models.usedOnly": "已用{used}",
	"models.here": "已安装",
	"models.absent": "可以下载",
	"models.none": "还没有安装模型。请从下面的列表下载一个。",
	"models.complete": "目录中的模型都已安装。",
	"models.state.available": "未下载",
	"models.state.pulling": "正在下载",
	"models.state.installed": "在磁盘上",
	"models.state.loading": "正在加载",
	"models.state.loaded": "在内存中",
	"models.can.chat": "对话",
	"models.can.completions": "补全",
	"models.can.insert": "插入",
	"models.can.tools": "调用函数",
	"models.can.embeddings": "嵌入",
	"models.pull": "下载",
	"models.stop": "停止",
	"models.load": "加载",
	"models.unload": "卸载",
	"models.remove": "删除",
	"models.of": "{action}：{name}",
	"models.progress": "{done}，共{total}",
	"models.progressUnknown": "正在寻找来源",
	"models.rate": "每秒{rate}，还需{left}",
	"models.answering.one": "正在回答{n}个请求",
	"models.answering.many": "正在回答{n}个请求",
	"models.failed": "下载失败：{why}",
	"models.problem": "无法使用：{why}",
	"models.ask": "从这台机器上删除{name}？",
	"models.askWhy": "这会释放{size}。以后可以重新下载；从别处导入的模型需要再次导入。",
	"models.card": "关于{name}",
	"models.format": "权重格式",
	"models.size": "大小",
	"models.context": "上下文",
	"models.tokens": "{n}个词元",
	"models.parameters": "参数量",
	"models.dimensions": "维数",
	"models.licence": "许可证",
	"models.source": "来源",
	"models.aliases": "其他名称",
	"models.resident": "占用内存",
	"models.can": "能做",
	"models.unknown": "未知",
	"models.noCard": "这里没有这个名称的模型。",
	"files.upload": "上传",
	"files.choose": "选择文件",
	"files.drop": "或拖放到这里",
	"files.purpose": "用途",
	"files.none": "还没有文件。批处理从JSON行文件中读取请求。",
	"files.name": "名称",
	"files.size": "大小",
	"files.created": "上传时间",
	"files.expires": "到期",
	"files.status": "状态",
	"files.checking": "正在检查{name}：{n}行",
	"files.sending": "正在发送{name}：{percent}",
	"files.sent": "{name}已上传。",
	"files.lines.one": "{n}行，全部正确",
	"files.lines.many": "{n}行，全部正确",
	"files.bad": "{name}中有不正确的行，没有上传。",
	"files.badMore": "可能还有更多；这里只列出{n}处。",
	"files.line": "第{line}行",
	"files.anyway": "仍然上传",
	"files.preview": "预览",
	"files.previewOf": "{name}的开头",
	"files.first": "前{n}行",
	"files.whole": "全部内容",
	"files.binary": "这不是文本。",
	"files.cut": "（该行未完）",
	"files.delete": "删除",
	"files.ask": "删除{name}？",
	"files.askWhy": "此操作无法撤销。",
	"files.inUse": "批处理{id}正在使用它，删除后会失败。",
	"files.actions": "操作",
	"lines.json": "不是JSON：{got}",
	"lines.object": "不是JSON对象，而是{got}",
	"lines.empty": "该行为空",
	"lines.custom_id": "缺少“custom_id”，或它不是文字",
	"lines.twice": "“custom_id”{got}重复出现",
	"lines.method": "“method”是{got}，应为POST",
	"lines.url": "“url”是{got}，应为/v1/chat/completions这样的端点",
	"lines.body": "缺少“body”，或它不是对象",
	"lines.messages": "既没有“messages”，也没有“prompt”和“completion”",
	"lines.role": "有一条消息的角色是{got}",
	"lines.content": "有一条消息没有文字",
	"keys.create": "创建密钥",
	"keys.none": "还没有密钥，因此这台机器上的任何人都可以做任何事。",
	"keys.first": "有了第一个密钥之后，服务器会要求所有人提供密钥，包括此页面。请先创建“admin”密钥。",
	"keys.name": "名称",
	"keys.key": "密钥",
	"keys.scope": "范围",
	"keys.scope.admin": "一切，包括密钥、日志和用量",
	"keys.scope.all": "除了关于服务器的页面以外的一切",
	"keys.scope.inference": "只能询问模型，不能保存或更改",
	"keys.expiry": "到期",
	"keys.expiry.never": "永不",
	"keys.expiry.day": "1天后",
	"keys.expiry.week": "7天后",
	"keys.expiry.month": "30天后",
	"keys.expiry.year": "1年后",
	"keys.budget": "词元预算",
	"keys.requests": "每分钟请求数",
	"keys.tokens": "每分钟词元数",
	"keys.noLimit": "不限",
	"keys.limits": "限制",
	"keys.state": "状态",
	"keys.state.live": "有效",
	"keys.state.expired": "已到期",
	"keys.state.revoked": "已吊销",
	"keys.created": "创建时间",
	"keys.lastUsed": "上次使用",
	"keys.neverUsed": "从未",
	"keys.used": "已用",
	"keys.usedTokens": "{n}个词元",
	"keys.ofBudget": "{n}个词元，预算{budget}",
	"keys.limit.requests": "每分钟{n}个请求",
	"keys.limit.tokens": "每分钟{n}个词元",
	"keys.once": "您的新密钥",
	"keys.onceWhy": "它只显示这一次：服务器只保存它的哈希值。关闭之前请复制。",
	"keys.useHere": "从现在起在此浏览器中使用它",
	"keys.done": "完成",
	"keys.change": "更改限制",
	"keys.save": "保存",
	"keys.revoke": "吊销",
	"keys.revoking": "{name}将在{n}秒后吊销。",
	"keys.undo": "撤销",
	"keys.of": "{action}：{name}",
	"keys.hidden.one": "显示{n}个已失效的密钥",
	"keys.hidden.many": "显示{n}个已失效的密钥",
	"keys.anybody": "没有密钥",
	"keys.operator": "运营者的密钥",
	"usage.range": "时间",
	"usage.days": "{n}天",
	"usage.model": "模型",
	"usage.key": "密钥",
	"usage.all": "全部",
	"usage.csv": "CSV",
	"usage.none": "这段时间内没有请求。",
	"usage.requests": "请求",
	"usage.tokens": "词元",
	"usage.input": "输入词元",
	"usage.cached": "其中已知",
	"usage.output": "输出词元",
	"usage.byModel": "按模型",
	"usage.byKey": "按密钥",
	"usage.day": "日期",
	"usage.requestsSum": "{days}天内共{n}个请求；最多的是{day}：{most}个。",
	"usage.tokensSum": "读入{input}个词元，写出{output}个；读入的词元中有{cached}个是已知的。",
	"usage.topSum": "{name}最多：占全部词元的{share}。",
	"logs.kept": "保存对模型说的话和模型的回答",
	"logs.keptWhy": "只保存在服务器的内存中，且只从现在开始。“在演练场中打开”需要它。",
	"logs.where": "服务器记住最近2,000个请求，直到它结束；这些内容不会写入磁盘。",
	"logs.forget": "全部清除",
	"logs.model": "模型",
	"logs.status": "状态",
	"logs.path": "端点",
	"logs.any": "任意",
	"logs.ok": "成功",
	"logs.error": "错误",
	"logs.none": "还没有请求。",
	"logs.noneLike": "没有符合条件的请求。",
	"logs.time": "时间",
	"logs.key": "密钥",
	"logs.ms": "耗时",
	"logs.first": "首个词元",
	"logs.input": "输入",
	"logs.output": "输出",
	"logs.detail": "请求{id}",
	"logs.request": "请求",
	"logs.response": "回答",
	"logs.notKept": "没有保存说过的内容。",
	"logs.cut": "内容已截断：只保存前64 KiB。",
	"logs.replay": "在演练场中打开",
	"logs.noReplay": "无法在演练场中打开：{why}",
	"logs.why.endpoint": "只有对话和补全可以。",
	"logs.why.text": "没有保存说过的内容。",
	"logs.why.cut": "只保存了开头部分。",
	"logs.why.shape": "其中有演练场无法显示的内容。",
	"logs.cutOff": "客户端在结束前离开了",
	"settings.look": "此浏览器",
	"settings.language": "语言",
	"settings.theme": "主题",
	"settings.send": "发送消息的按键",
	"settings.send.enter": "Enter",
	"settings.send.mod": "{mod} Enter",
	"settings.server": "服务器",
	"settings.why": "当前生效的设置及其来源。命令行优先于环境变量，环境变量优先于文件。",
	"settings.name": "设置",
	"settings.value": "值",
	"settings.from": "来源",
	"settings.from.flag": "命令行",
	"settings.from.environment": "环境变量",
	"settings.from.file": "文件",
	"settings.from.default": "默认",
	"settings.changed": "只看设置过的",
	"settings.unset": "未设置",
	"settings.about": "关于",
	"settings.version": "版本",
	"settings.platform": "机器",
	"settings.data": "数据文件夹",
	"settings.file": "设置文件",
	"settings.noFile": "无",
	"settings.started": "开始运行",
	"settings.licences": "他人编写的部分及其许可证"
};
// src/lib/platform.svelte.ts
function p(key, values = {}) {
	const texts = language.now === "zh" ? platformZh : platformEn;
	return fill(texts[key], values);
}
function some(one, many, count) {
	return p(count === 1 ? one : many, { n: number(count) });
}
async function get(path, signal) {
	return await (await ask(path, void 0, signal)).json();
}
async function send(method, path, body) {
	return await (await ask(path, body, void 0, method)).json();
}
function failureOf(error) {
	return error instanceof Failure ? error : new Failure(String(error));
}
var Resource = class {
	#value = state(null);
	get value() {
		return get$1(this.#value);
	}
	set value(value) {
		set(this.#value, value);
	}
	#failure = state(null);
	get failure() {
		return get$1(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	#loading = state(false);
	get loading() {
		return get$1(this.#loading);
	}
	set loading(value) {
		set(this.#loading, value, true);
	}
	#fetch;
	#turn = 0;
	constructor(fetch) {
		this.#fetch = fetch;
	}
	async load() {
		const turn = ++this.#turn;
		this.loading = true;
		try {
			const value = await this.#fetch();
			if (turn !== this.#turn) return;
			this.value = value;
			this.failure = null;
		} catch (error) {
			if (turn !== this.#turn) return;
			this.failure = failureOf(error);
			const { status } = this.failure;
			if (status === 401 || status === 403) key.onceSet(() => void this.load());
			else if (status === 0) connection.onceBack(() => void this.load());
		}
		this.loading = false;
	}
};
function save(name, text, type) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	URL.revokeObjectURL(url);
}
// src/pages/platform/Page.svelte
var root = from_html(`<h2> </h2>`);
var root_1 = from_html(`<h1> </h1>`);
var root_2 = from_html(`<div class="actions svelte-1k4ieuz"><!></div>`);
var root_3 = from_html(`<div class="denied svelte-1k4ieuz" role="alert"><h2> </h2> <p> </p> <p class="muted"> </p> <button> </button></div>`);
var root_4 = from_html(`<div class="line svelte-1k4ieuz"></div>`);
var root_5 = from_html(`<div class="skeleton svelte-1k4ieuz" role="status"><span class="unseen"> </span> <!></div>`);
var root_6 = from_html(`<p><button> </button></p>`);
var root_7 = from_html(`<!> <!>`, 1);
var root_8 = from_html(`<section><header class="svelte-1k4ieuz"><!> <!></header> <div class="body svelte-1k4ieuz"><!></div></section>`);
function Page($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let within = prop($$props, "within", 3, false);
	const denied = user_derived(() => $$props.failure?.status === 403);
	var section = root_8();
	let classes;
	var header = child(section);
	var node = child(header);
	var consequent = ($$anchor) => {
		var h2 = root();
		var text = only_child(h2, true);
		template_effect(() => {
			set_attribute(h2, "id", id);
			set_text(text, $$props.title);
		});
		append($$anchor, h2);
	};
	var alternate = ($$anchor) => {
		var h1 = root_1();
		var text_1 = only_child(h1, true);
		template_effect(() => {
			set_attribute(h1, "id", id);
			set_text(text_1, $$props.title);
		});
		append($$anchor, h1);
	};
	if_block(node, ($$render) => {
		if (within()) $$render(consequent);
		else $$render(alternate, -1);
	});
	var node_1 = sibling(node, 2);
	var consequent_1 = ($$anchor) => {
		var div = root_2();
		var node_2 = child(div);
		snippet(node_2, () => $$props.actions);
		reset(div);
		append($$anchor, div);
	};
	if_block(node_1, ($$render) => {
		if ($$props.actions && $$props.ready && !get$1(denied)) $$render(consequent_1);
	});
	reset(header);
	var div_1 = sibling(header, 2);
	var node_3 = child(div_1);
	var consequent_2 = ($$anchor) => {
		var div_2 = root_3();
		var h2_1 = child(div_2);
		var text_2 = only_child(h2_1, true);
		var p_1 = sibling(h2_1, 2);
		var text_3 = only_child(p_1, true);
		var p_2 = sibling(p_1, 2);
		var text_4 = only_child(p_2, true);
		var button = sibling(p_2, 2);
		var text_5 = only_child(button, true);
		reset(div_2);
		template_effect(($0, $1, $2) => {
			set_text(text_2, $0);
			set_text(text_3, $$props.failure.message);
			set_text(text_4, $1);
			set_text(text_5, $2);
		}, [
			() => p("page.denied"),
			() => p("page.deniedWhy"),
			() => p("page.otherKey")
		]);
		delegated("click", button, () => key.ask($$props.failure.message));
		append($$anchor, div_2);
	};
	var alternate_1 = ($$anchor) => {
		var fragment = root_7();
		var node_4 = first_child(fragment);
		var consequent_3 = ($$anchor) => {
			{
				let $0 = user_derived(() => p("page.again"));
				ErrorBox($$anchor, {
					get failure() {
						return $$props.failure;
					},
					get action() {
						return get$1($0);
					},
					get onaction() {
						return $$props.onretry;
					}
				});
			}
		};
		if_block(node_4, ($$render) => {
			if ($$props.failure && $$props.failure.status !== 401) $$render(consequent_3);
		});
		var node_5 = sibling(node_4, 2);
		var consequent_4 = ($$anchor) => {
			var fragment_2 = comment();
			var node_6 = first_child(fragment_2);
			snippet(node_6, () => $$props.children);
			append($$anchor, fragment_2);
		};
		var consequent_5 = ($$anchor) => {
			var div_3 = root_5();
			var span = child(div_3);
			var text_6 = only_child(span, true);
			var node_7 = sibling(span, 2);
			each(node_7, 16, () => ({ length: 4 }), index, ($$anchor, _) => {
				var div_4 = root_4();
				append($$anchor, div_4);
			});
			reset(div_3);
			template_effect(($0) => set_text(text_6, $0), [() => p("page.loading")]);
			append($$anchor, div_3);
		};
		var consequent_6 = ($$anchor) => {
			var p_3 = root_6();
			var button_1 = child(p_3);
			var text_7 = only_child(button_1, true);
			reset(p_3);
			template_effect(($0) => set_text(text_7, $0), [() => t("error.key")]);
			delegated("click", button_1, () => key.ask($$props.failure.message));
			append($$anchor, p_3);
		};
		if_block(node_5, ($$render) => {
			if ($$props.ready) $$render(consequent_4);
			else if (!$$props.failure) $$render(consequent_5, 1);
			else if ($$props.failure.status === 401) $$render(consequent_6, 2);
		});
		append($$anchor, fragment);
	};
	if_block(node_3, ($$render) => {
		if (get$1(denied) && $$props.failure) $$render(consequent_2);
		else $$render(alternate_1, -1);
	});
	reset(div_1);
	reset(section);
	template_effect(() => {
		set_attribute(section, "aria-labelledby", id);
		classes = set_class(section, 1, "svelte-1k4ieuz", null, classes, { within: within() });
	});
	append($$anchor, section);
	pop();
}
delegate(["click"]);
export { p as a, some as c, left as d, moment as f, took as h, get as i, date as l, size as m, Resource as n, save as o, short as p, failureOf as r, send as s, Page as t, day as u };
