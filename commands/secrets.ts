import { parseArgs } from "node:util";
import { exitWith, UsageProblem } from "./exit-code.ts";
import { type Done, dropKey, putField, rotateKey, writeFirst } from "./secrets/actions.ts";
import { describeSecret } from "./secrets/describe.ts";
import { fieldNamed } from "./secrets/edit.ts";
import { askedSecret, writtenSecret } from "./secrets/new-secret.ts";
import { askUnseen, givenText } from "./secrets/read-value.ts";
import { secretPlace } from "./secrets/stored-secret.ts";

const USAGE = `Creates and edits the secret that SECRET_ID names, and never shows a value.

  npm run secrets -- init [--create] [--from <file>]   the first value: asks for four fields and makes the token key
  npm run secrets -- put <field> [--from <file>]       a new mongodbUri, tiktok.clientKey, tiktok.clientSecret or sessionSecrets
  npm run secrets -- rotate-key                        the next step to a new token key, when it is safe
  npm run secrets -- remove-key <id>                   an old token key, when nothing needs it
  npm run secrets -- show                              names, lengths, key ids, and the next step

  --from <file>   where the value is, "-" for the standard input; without it you are asked, unless something is piped in.
                  For init a JSON text {"mongodbUri","tiktok":{"clientKey","clientSecret"},"sessionSecrets":[]}; a tokenKeyring in it is kept
  --create        for a secret that no deployment has made
  --help          this text

Values are never arguments: other people on the machine and the shell's history would see them.
Exit code 0: done. 1: not yet safe, nothing was changed. 2: it could not be done.`;

const ACTIONS = new Set(["init", "put", "rotate-key", "remove-key", "show"]);

const ask = (question: string) => askUnseen(question, { input: process.stdin, output: process.stderr });

await exitWith("secrets", async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string" },
      create: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return tell({ isDone: true, lines: [USAGE] });
  const [action = "", name = "", ...rest] = positionals;
  if (rest.length > 0 || (name !== "" && action !== "put" && action !== "remove-key"))
    throw new UsageProblem("Too many arguments; a value is never one of them. --help tells");
  return tell(await act(action, name, values));
});

async function act(action: string, name: string, { from, create }: { from?: string | undefined; create: boolean }) {
  if (!ACTIONS.has(action)) throw new UsageProblem(`Say ${[...ACTIONS].join(", ")}; --help tells`);
  if (!process.env.SECRET_ID) throw new UsageProblem("SECRET_ID has to say which secret: its name or ARN");
  const place = secretPlace(process.env.SECRET_ID);
  const stored = await place.read();
  if (action === "init") {
    if (stored) throw new UsageProblem("There is a value already, with the key of stored tokens: put changes a field");
    const text = await givenText(from);
    return writeFirst(place, text === undefined ? await askedSecret(ask) : writtenSecret(text), create);
  }
  if (!stored) throw new UsageProblem("There is no value yet: init writes the first one");
  if (action === "rotate-key") return rotateKey(place, stored, new Date());
  if (action === "remove-key") return dropKey(place, stored, name, new Date());
  if (action === "show") return { isDone: true, lines: describeSecret(stored) };
  const field = fieldNamed(name);
  return putField(place, stored, field, (await givenText(from)) ?? (await ask(field)));
}

function tell({ isDone, lines }: Done): number {
  for (const line of lines) process.stdout.write(`${line}\n`);
  return isDone ? 0 : 1;
}
