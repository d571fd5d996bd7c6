import { writeFile } from "node:fs/promises";
import { errorsPage } from "./docs/errors-page.ts";

const file = new URL("../docs/errors.md", import.meta.url);

await writeFile(file, errorsPage());
