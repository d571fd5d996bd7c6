import { Aggregator } from "mingo/aggregator";
import { Context, ProcessingMode } from "mingo/core";
import { type Iterator, Lazy } from "mingo/lazy";
import * as accumulators from "mingo/operators/accumulator";
import * as expressions from "mingo/operators/expression";
import * as stages from "mingo/operators/pipeline";
import * as projections from "mingo/operators/projection";
import * as predicates from "mingo/operators/query";
import { Query } from "mingo/query";
import type { AnyObject, Options } from "mingo/types";
import { expressionOperators, queryOperators } from "./comparisons.ts";
import { CommandError, unsupported } from "./errors.ts";
import { type Doc, isDoc } from "./paths.ts";
import { sorted } from "./sorting.ts";

export type Resolve = (collection: string) => Doc[];

const unstages = /^\$(out|merge|graphLookup|densify|fill|setWindowFields|documents|bucketAuto|redact)$/;

const context = Context.init()
  .addQueryOps(queryOperators)
  .addQueryOps(predicates)
  .addExpressionOps(expressionOperators)
  .addExpressionOps(expressions)
  .addPipelineOps({
    $sort: (docs: Iterator, spec: AnyObject, _options: Options) =>
      docs.transform((all) => Lazy(sorted(all.filter(isDoc), spec))),
    $project: (docs: Iterator, spec: AnyObject, options: Options) => stages.$project(docs, spec, options).map(idFirst),
  })
  .addPipelineOps(stages)
  .addAccumulatorOps(accumulators)
  .addProjectionOps(projections);

const optionsWith = (more: Partial<Options>): Partial<Options> => ({ context, scriptEnabled: false, ...more });

/** Whether a document matches; unknown operators are an error here, before any document is seen. */
export function matcher(query: Doc, variables: Doc = {}): (doc: Doc) => boolean {
  for (const name of ["$and", "$or", "$nor"])
    if (name in query && !(Array.isArray(query[name]) && query[name].length > 0 && query[name].every(isDoc)))
      throw new CommandError(2, `${name} must be a nonempty array of objects`);
  checkExpressions(query.$expr);
  const { $comment: _comment, ...conditions } = query;
  const compiled = badValue(() => new Query(conditions, optionsWith({ variables })));
  return (doc) => badValue(() => compiled.test(doc));
}

/** Runs a pipeline over copies of the documents; stored ones stay as they are. */
export function aggregate(docs: Doc[], pipeline: Doc[], options: { variables?: Doc; resolve?: Resolve } = {}): Doc[] {
  pipeline.forEach(checkStage);
  const { variables = {}, resolve: collectionResolver } = options;
  const settings = optionsWith({ variables, collectionResolver, processingMode: ProcessingMode.CLONE_INPUT });
  return badValue(() => new Aggregator(pipeline, settings).run(docs));
}

export function projected(docs: Doc[], projection: Doc, query: Doc): Doc[] {
  if (Object.keys(projection).length === 0) return docs;
  checkExpressions(projection);
  return badValue(() => new Query(query, optionsWith({})).find<Doc>(docs, projection).all()).map(idFirst);
}

function checkStage(stage: unknown): void {
  const [name = "", ...more] = isDoc(stage) ? Object.keys(stage) : [];
  if (!isDoc(stage) || more.length > 0 || name === "")
    throw new CommandError(40323, "A pipeline stage specification object must contain exactly one field.");
  if (unstages.test(name) || /^\$(changeStream|search|geoNear|collStats|indexStats|currentOp|listSessions)/.test(name))
    throw unsupported(`the stage ${name}`);
  if (!(name in stages)) throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
  const body = stage[name];
  if (name === "$match" && isDoc(body)) matcher(body);
  else if (name === "$facet" && isDoc(body)) Object.values(body).flat().forEach(checkStage);
  else if ((name === "$lookup" || name === "$unionWith") && isDoc(body))
    [body.pipeline ?? []].flat().forEach(checkStage);
  else checkExpressions(body);
}

function checkExpressions(value: unknown): void {
  if (Array.isArray(value)) value.forEach(checkExpressions);
  if (!isDoc(value) || "$literal" in value) return;
  for (const [name, argument] of Object.entries(value)) {
    if (name.startsWith("$") && !(name in expressions || name in accumulators || name in projections))
      throw new CommandError(168, `Unrecognized expression '${name}'`);
    if (name !== "$elemMatch") checkExpressions(argument);
  }
}

const idFirst = (doc: unknown): Doc => {
  if (!isDoc(doc)) throw new CommandError(2, "A stage made something that is no document");
  return doc._id === undefined ? doc : { _id: doc._id, ...doc };
};

function badValue<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw cause instanceof CommandError
      ? cause
      : new CommandError(2, cause instanceof Error ? cause.message : "failed");
  }
}
