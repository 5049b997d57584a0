import "./app.css";

import { mount } from "svelte";

import { keepApp } from "./offline/install.svelte";
import { followUpdates } from "./offline/updates";
import Root from "./Root.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no place for the app");
mount(Root, { target });
keepApp();
followUpdates();
