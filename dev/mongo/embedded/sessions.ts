import { CommandError } from "../language/errors.ts";
import { keyString } from "../language/key-string.ts";
import { type Doc, docOr } from "../language/paths.ts";
import { Transaction } from "./transaction.ts";

interface Session {
  readonly number: number;
  transaction?: Transaction;
  /** The answers of this number's retryable writes, by statement: a write sent again gets the same. */
  readonly replies: Map<string, Promise<Doc>>;
}

export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #open: Set<Transaction>;

  constructor(open: Set<Transaction>) {
    this.#open = open;
  }

  /** The transaction a command belongs to, started if it says so. */
  transactionOf(name: string, body: Doc): Transaction | undefined {
    if (body.autocommit === undefined) return undefined;
    const session = this.#at(body);
    const { transaction, number } = session;
    if (body.startTransaction) {
      if (transaction) throw new CommandError(117, `Transaction ${number} is already in progress`);
      session.transaction = new Transaction(this.#open);
      setTimeout(() => session.transaction?.end("aborted"), 60_000).unref();
      return session.transaction;
    }
    const isEnd = name === "commitTransaction" || name === "abortTransaction";
    if (!transaction || transaction.state === "aborted")
      throw new CommandError(251, `Given transaction number ${number} does not match any in-progress transactions.`);
    if (transaction.state === "committed" && !isEnd)
      throw new CommandError(256, `Transaction ${number} has been committed.`);
    return transaction;
  }

  /** Runs a retryable write once, however often it is sent. A write that failed as a whole may run again. */
  once(body: Doc, run: () => Promise<Doc>): Promise<Doc> {
    if (body.txnNumber === undefined || body.autocommit !== undefined) return run();
    const { replies } = this.#at(body);
    const statement = keyString([body.stmtId, body.stmtIds]);
    const reply = replies.get(statement) ?? run();
    replies.set(statement, reply);
    reply.catch(() => replies.delete(statement));
    return reply;
  }

  end(ids: unknown): undefined {
    for (const key of [ids].flat().map((lsid) => keyString(docOr(lsid).id))) {
      this.#sessions.get(key)?.transaction?.end("aborted");
      this.#sessions.delete(key);
    }
  }

  #at({ lsid, txnNumber }: Doc): Session {
    const [key, number] = [keyString(docOr(lsid).id), Number(txnNumber)];
    const known = this.#sessions.get(key);
    if (known && number < known.number)
      throw new CommandError(225, `Transaction number ${number} is too old: a newer one, ${known.number}, was used`);
    if (known?.number === number) return known;
    known?.transaction?.end("aborted");
    const session: Session = { number, replies: new Map() };
    this.#sessions.set(key, session);
    return session;
  }
}
