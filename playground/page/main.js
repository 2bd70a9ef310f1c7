/** Starts the page. */

import { App } from "./app.js";

const app = new App(() => new Date());
app.start();
