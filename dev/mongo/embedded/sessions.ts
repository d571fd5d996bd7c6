import { CommandError } from "./errors.ts";
import { keyString } from "./key-string.ts";
import { type Doc, isDoc } from "./paths.ts";
import { type History, Transaction } from "./transaction.ts";

interface Session {
  number: number;
  transaction: Transaction | undefined;
  /** The answers of this number's retryable writes, by statement: a write sent again gets the same. */
  replies: Map<string, Promise<Doc>>;
}

export class Sessions {
  lifetimeSeconds = 60;
  readonly #sessions = new Map<string, Session>();
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  /** The transaction a command belongs to, started if it says so. */
  transactionOf(body: Doc): Transaction | undefined {
    if (body.autocommit === undefined) return undefined;
    const session = this.#at(body);
    const named = `Given transaction number ${session.number}`;
    if (body.startTransaction) {
      if (session.transaction) throw new CommandError(117, `${named} is already in progress`);
      return this.#started(session);
    }
    if (!session.transaction) throw new CommandError(251, `${named} does not match any in-progress transactions.`);
    const isEnding = "commitTransaction" in body || "abortTransaction" in body;
    if (session.transaction.state === "aborted" && !isEnding)
      throw new CommandError(251, `Transaction ${session.number} has been aborted.`);
    if (session.transaction.state === "committed" && !isEnding)
      throw new CommandError(256, `Transaction ${session.number} has been committed.`);
    return session.transaction;
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

  end(ids: unknown): void {
    for (const lsid of Array.isArray(ids) ? ids : []) {
      this.#sessions.get(keyString(lsid?.id))?.transaction?.end("aborted");
      this.#sessions.delete(keyString(lsid?.id));
    }
  }

  #at({ lsid, txnNumber }: Doc): Session {
    if (!isDoc(lsid)) throw new CommandError(72, "Transaction number requires a session ID to also be specified");
    const [id, number] = [keyString(lsid.id), Number(txnNumber)];
    const known = this.#sessions.get(id);
    if (known && number < known.number)
      throw new CommandError(225, `Cannot use transaction number ${number}: a newer one, ${known.number}, was used`);
    if (known?.number === number) return known;
    known?.transaction?.end("aborted");
    const session: Session = { number, transaction: undefined, replies: new Map() };
    this.#sessions.set(id, session);
    return session;
  }

  #started(session: Session): Transaction {
    const transaction = new Transaction(this.#history);
    session.transaction = transaction;
    const timer = setTimeout(() => transaction.end("aborted"), this.lifetimeSeconds * 1000).unref();
    void transaction.ended.then(() => clearTimeout(timer));
    return transaction;
  }
}
