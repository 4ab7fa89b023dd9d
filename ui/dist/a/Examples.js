import { An as user_derived, Cn as child, Dt as t, En as sibling, In as reset, Mn as pop, Nn as push, On as set, Tn as only_child, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, _n as get, cn as append, dt as open, hn as delegated, kn as state, lt as excerpt, mn as delegate, sn as set_text, tn as each, un as from_html, ut as modeOf, wt as language, yn as template_effect } from "./shared.js";
// src/pages/examples/examples.ts
var EXAMPLES = [
	{
		slug: "story",
		title: {
			en: "A story goes on",
			zh: "续写故事"
		},
		about: {
			en: "The model writes on in the same tone. Submit again for another story.",
			zh: "模型用同样的语气接着写。再提交一次会得到另一个故事。"
		},
		start: {
			prompt: "The lighthouse keeper had not seen a ship for three weeks. On the morning of the first snow,",
			params: {
				temperature: .8,
				maxTokens: 160
			}
		}
	},
	{
		slug: "summarise",
		title: {
			en: "Summarise",
			zh: "总结"
		},
		about: {
			en: "One sentence that says what a text says.",
			zh: "用一句话概括一段文字。"
		},
		start: {
			prompt: `Text: Honey bees keep their hive warm in winter by shivering. They gather in a tight ball around the queen and move their flight muscles without moving their wings. Bees from the middle and the outside of the ball take turns, so that none of them gets too cold.

Summary in one sentence:`,
			params: {
				temperature: .3,
				maxTokens: 60,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "few-shot",
		title: {
			en: "Learn from three examples",
			zh: "从三个例子中学习"
		},
		about: {
			en: "Nothing says that this is a translation. The pattern does.",
			zh: "没有说明这是翻译，模式本身就是说明。"
		},
		start: {
			prompt: "English: the bread\nFrench: le pain\n\nEnglish: the house\nFrench: la maison\n\nEnglish: the book\nFrench: le livre\n\nEnglish: the cat\nFrench:",
			params: {
				temperature: 0,
				maxTokens: 10,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "code",
		title: {
			en: "Code from a comment",
			zh: "由注释写代码"
		},
		about: {
			en: "A function's head and its promise; the model writes the body.",
			zh: "给出函数的开头和说明，模型写出函数体。"
		},
		start: {
			prompt: `def count_vowels(text):\n    """Return how many vowels are in text."""\n`,
			params: {
				temperature: 0,
				maxTokens: 80,
				stop: ["\n\n", "def "]
			}
		}
	},
	{
		slug: "classification",
		title: {
			en: "Classify",
			zh: "分类"
		},
		about: {
			en: "Open the answer's token: its candidates are the classes, with their probabilities.",
			zh: "点开回答的词元：各个候选就是类别及其概率。"
		},
		start: {
			prompt: "Review: The soup was cold and the waiter was rude.\nOpinion: negative\n\nReview: I will come back with all my friends!\nOpinion: positive\n\nReview: A bed like a cloud and a wonderful breakfast.\nOpinion:",
			params: {
				temperature: 0,
				maxTokens: 3,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "product-names",
		title: {
			en: "Product names",
			zh: "产品命名"
		},
		about: {
			en: "A description and some words give names. A high temperature gives odd ones.",
			zh: "由描述和几个词得到名字。温度高时名字更奇特。"
		},
		start: {
			prompt: "Product: a lamp that wakes you with the colours of a sunrise\nWords: soft, morning, light\nNames: DawnGlow, SoftRise, FirstLight\n\nProduct: a bottle that reminds you to drink\nWords: water, friendly, clever\nNames:",
			params: {
				temperature: .9,
				maxTokens: 24,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "questions",
		title: {
			en: "Questions and answers",
			zh: "问与答"
		},
		about: {
			en: "Inject start text asks for the answer, inject restart text for the next question.",
			zh: "注入起始文本引出回答，注入重启文本引出下一个问题。"
		},
		start: {
			prompt: "Short answers to questions about nature.\n\nQ: How many legs has a spider?\nA: Eight.\n\nQ: What do cows eat?",
			params: {
				temperature: 0,
				maxTokens: 30,
				stop: ["\n"],
				injectStart: "\nA:",
				injectRestart: "\n\nQ: "
			}
		}
	},
	{
		slug: "grammar",
		title: {
			en: "Mend the grammar",
			zh: "改正语法"
		},
		about: {
			en: "Two mended sentences show what is wanted.",
			zh: "两个改好的句子说明要做什么。"
		},
		start: {
			prompt: "Wrong: she go to school yesterday\nRight: She went to school yesterday.\n\nWrong: him and me is friends\nRight: He and I are friends.\n\nWrong: there is two dog in the garden\nRight:",
			params: {
				temperature: 0,
				maxTokens: 24,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "table",
		title: {
			en: "Sentences into a table",
			zh: "由句子到表格"
		},
		about: {
			en: "Facts become lines of CSV.",
			zh: "把事实变成CSV的行。"
		},
		start: {
			prompt: "Anna is 31 and lives in Oslo. Ben, 24, is from Rome. Chen lives in Xi'an and is 45.\n\nname,age,city\nAnna,31,Oslo\n",
			params: {
				temperature: 0,
				maxTokens: 30,
				stop: ["\n\n"]
			}
		}
	},
	{
		slug: "keywords",
		title: {
			en: "Keywords",
			zh: "关键词"
		},
		about: {
			en: "A frequency penalty keeps words from coming twice.",
			zh: "频率惩罚让词不重复出现。"
		},
		start: {
			prompt: "Text: The glacier above the village has lost half of its ice in forty years, and the farmers below it worry about water in summer.\nKeywords:",
			params: {
				temperature: .3,
				maxTokens: 30,
				frequencyPenalty: .8,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "sql",
		title: {
			en: "SQL from a question",
			zh: "由问题写SQL"
		},
		about: {
			en: "The table's columns are all that the model is told.",
			zh: "模型只知道表的列。"
		},
		start: {
			prompt: "-- Table books: title, author, year, pages\n-- Question: Which books have more than 500 pages?\nSELECT title FROM books WHERE pages > 500;\n\n-- Question: How many books did each author write?\nSELECT",
			params: {
				temperature: 0,
				maxTokens: 40,
				stop: [";"]
			}
		}
	},
	{
		slug: "explain",
		title: {
			en: "Explain code",
			zh: "解释代码"
		},
		about: {
			en: "What a program does, in plain words.",
			zh: "用普通的话说明程序做什么。"
		},
		start: {
			prompt: "for i in range(1, 11):\n    print(i * i)\n\n# In plain words, this program",
			params: {
				temperature: .3,
				maxTokens: 50,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "poem",
		title: {
			en: "The best of four poems",
			zh: "四首诗中选最佳"
		},
		about: {
			en: "Four are written; the one with the highest log-probability per token wins. Is it the best?",
			zh: "写出四首，每个词元平均对数概率最高的胜出。它真的最好吗？"
		},
		start: {
			prompt: "A short poem about rain\n\nRain on the roof, rain on the sea,\n",
			params: {
				temperature: .9,
				maxTokens: 40,
				bestOf: 4,
				stop: ["\n\n"]
			}
		}
	},
	{
		slug: "sure",
		title: {
			en: "What is the model sure of?",
			zh: "模型对什么有把握？"
		},
		about: {
			en: "Names and spellings are blue, opinions orange. Click a token and take another one.",
			zh: "名称和拼写是蓝色，观点是橙色。点击一个词元，换成另一个。"
		},
		start: {
			prompt: "The capital of France is Paris. The capital of Italy is",
			params: {
				temperature: 0,
				maxTokens: 24,
				show: "full"
			}
		}
	},
	{
		slug: "characters",
		title: {
			en: "Parts of characters",
			zh: "字符的部分"
		},
		about: {
			en: "A Chinese character is often two or three tokens. Click one to see its bytes.",
			zh: "一个汉字常常由两三个词元组成。点击一个字看它的字节。"
		},
		start: {
			prompt: "天空是蓝色的，大海",
			params: {
				temperature: .5,
				maxTokens: 30,
				show: "full"
			}
		}
	},
	{
		slug: "shell",
		title: {
			en: "Shell commands",
			zh: "命令行命令"
		},
		about: {
			en: "What one wants, and the command for it.",
			zh: "说出需求，得到命令。"
		},
		start: {
			prompt: "Task: list all files, the newest first\nCommand: ls -t\n\nTask: count the lines of notes.txt\nCommand: wc -l notes.txt\n\nTask: show the last ten lines of log.txt\nCommand:",
			params: {
				temperature: 0,
				maxTokens: 20,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "analogies",
		title: {
			en: "Analogies",
			zh: "类比"
		},
		about: {
			en: "One thing is to another as a third is to what?",
			zh: "甲之于乙，如同丙之于什么？"
		},
		start: {
			prompt: "hand is to glove as foot is to shoe\npuppy is to dog as kitten is to cat\nday is to sun as night is to",
			params: {
				temperature: 0,
				maxTokens: 4,
				stop: ["\n"]
			}
		}
	},
	{
		slug: "loops",
		title: {
			en: "Break a loop",
			zh: "打破循环"
		},
		about: {
			en: "At temperature 0 small models repeat themselves. Raise the frequency penalty, and submit again.",
			zh: "温度为0时小模型会重复自己。提高频率惩罚后再提交。"
		},
		start: {
			prompt: "My favourite thing about summer is",
			params: {
				temperature: 0,
				maxTokens: 120
			}
		}
	},
	{
		slug: "assistant",
		title: {
			en: "A brief assistant",
			zh: "简短的助手"
		},
		about: {
			en: "Instructions that hold for the whole conversation.",
			zh: "对整段对话有效的指示。"
		},
		start: {
			messages: [{
				role: "system",
				content: "You answer in one short, friendly sentence."
			}, {
				role: "user",
				content: "Why do leaves change their colour in autumn?"
			}],
			params: {
				temperature: .5,
				maxTokens: 80
			}
		}
	},
	{
		slug: "few-shot-chat",
		title: {
			en: "Examples in a conversation",
			zh: "对话中的示例"
		},
		about: {
			en: "Both sides are written by hand; the model keeps to the pattern. Export gives a file for fine-tuning.",
			zh: "双方的话都由人写，模型遵循其模式。导出可得到微调用的文件。"
		},
		start: {
			messages: [
				{
					role: "system",
					content: "You sort things: animal, plant or mineral."
				},
				{
					role: "user",
					content: "oak"
				},
				{
					role: "assistant",
					content: "plant"
				},
				{
					role: "user",
					content: "granite"
				},
				{
					role: "assistant",
					content: "mineral"
				},
				{
					role: "user",
					content: "herring"
				}
			],
			params: {
				temperature: 0,
				maxTokens: 6
			}
		}
	},
	{
		slug: "schema",
		title: {
			en: "An answer of a given form",
			zh: "给定形式的回答"
		},
		about: {
			en: "A JSON schema lets the model write nothing else, however small it is.",
			zh: "JSON模式让模型只能写出这种形式，无论模型多小。"
		},
		start: {
			messages: [{
				role: "user",
				content: "Mia, who is nine, plays the violin and swims. Who is she?"
			}],
			params: {
				temperature: 0,
				maxTokens: 80,
				format: "json_schema",
				schema: JSON.stringify({
					type: "object",
					properties: {
						name: { type: "string" },
						age: { type: "integer" },
						hobbies: {
							type: "array",
							items: { type: "string" }
						}
					},
					required: [
						"name",
						"age",
						"hobbies"
					],
					additionalProperties: false
				}, null, 2)
			}
		}
	},
	{
		slug: "tutor",
		title: {
			en: "A tutor who asks back",
			zh: "会反问的老师"
		},
		about: {
			en: "A role is given by instructions and one example.",
			zh: "用指示和一个例子给出角色。"
		},
		start: {
			messages: [
				{
					role: "system",
					content: "You are a tutor. You never give the answer; you ask one question that helps."
				},
				{
					role: "user",
					content: "What is 15 times 4?"
				},
				{
					role: "assistant",
					content: "What is 10 times 4, and how much is missing then?"
				},
				{
					role: "user",
					content: "Why does ice float on water?"
				}
			],
			params: {
				temperature: .4,
				maxTokens: 60
			}
		}
	}
];
// src/pages/examples/Examples.svelte
var root = from_html(`<li class="svelte-tixc7z"><h2> </h2> <p> </p> <p class="prompt excerpt svelte-tixc7z"> </p> <p class="row last svelte-tixc7z"><span class="muted"> </span> <button> </button></p></li>`);
var root_1 = from_html(`<li class="muted svelte-tixc7z"> </li>`);
var root_2 = from_html(`<section aria-labelledby="examples" class="svelte-tixc7z"><header class="svelte-tixc7z"><h1 id="examples"> </h1> <input type="search" class="svelte-tixc7z"/></header> <ul class="svelte-tixc7z"></ul></section>`);
function Examples($$anchor, $$props) {
	push($$props, true);
	let sought = state("");
	const found = user_derived(() => EXAMPLES.filter(({ title, about, slug }) => {
		return [
			slug,
			...Object.values(title),
			...Object.values(about)
		].join(" ").toLowerCase().includes(get(sought).trim().toLowerCase());
	}));
	var section = root_2();
	var header = child(section);
	var h1 = child(header);
	var text_1 = only_child(h1, true);
	var input = sibling(h1, 2);
	remove_input_defaults(input);
	reset(header);
	var ul = sibling(header, 2);
	each(ul, 21, () => get(found), (example) => example.slug, ($$anchor, example) => {
		var li = root();
		var h2 = child(li);
		var text_2 = only_child(h2, true);
		var p = sibling(h2, 2);
		var text_3 = only_child(p, true);
		var p_1 = sibling(p, 2);
		var text_4 = only_child(p_1, true);
		var p_2 = sibling(p_1, 2);
		var span = child(p_2);
		var text_5 = only_child(span, true);
		var button = sibling(span, 2);
		var text_6 = only_child(button, true);
		reset(p_2);
		reset(li);
		template_effect(($0, $1, $2, $3) => {
			set_text(text_2, get(example).title[language.now]);
			set_text(text_3, get(example).about[language.now]);
			set_text(text_4, $0);
			set_text(text_5, $1);
			set_attribute(button, "aria-label", `${$2 ?? ""}: ${get(example).title[language.now] ?? ""}`);
			set_text(text_6, $3);
		}, [
			() => excerpt(get(example).start),
			() => t(`mode.${modeOf(get(example).start)}`),
			() => t("examples.open"),
			() => t("examples.open")
		]);
		delegated("click", button, () => open(get(example).start));
		append($$anchor, li);
	}, ($$anchor) => {
		var li_1 = root_1();
		var text_7 = only_child(li_1, true);
		template_effect(($0) => set_text(text_7, $0), [() => t("examples.none")]);
		append($$anchor, li_1);
	});
	reset(ul);
	reset(section);
	template_effect(($0, $1, $2) => {
		set_text(text_1, $0);
		set_attribute(input, "aria-label", $1);
		set_attribute(input, "placeholder", $2);
	}, [
		() => t("app.examples"),
		() => t("examples.search"),
		() => t("examples.search")
	]);
	bind_value(input, () => get(sought), ($$value) => set(sought, $$value));
	append($$anchor, section);
	pop();
}
delegate(["click"]);
export { Examples as default };
