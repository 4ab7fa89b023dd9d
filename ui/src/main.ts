import "./app.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { language } from "./lib/i18n.svelte.ts";
import { key } from "./lib/key.svelte.ts";
import { link } from "./lib/link.svelte.ts";
import { models } from "./lib/models.svelte.ts";
import { router } from "./lib/router.svelte.ts";
import { theme } from "./lib/theme.svelte.ts";

theme.start();
key.start();
router.start();
void models.load();
await Promise.all([language.start(), link.start()]);

const target = document.getElementById("app");
if (target) mount(App, { target });
