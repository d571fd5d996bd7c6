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
import { type Doc, docOr, isDoc } from "./paths.ts";
import { sorted } from "./sorting.ts";

const unknownToUs =
  /^\$(out|merge|graphLookup|densify|fill|setWindowFields|documents|bucketAuto|redact|changeStream|geoNear)$/;

const ours = {
  $sort: (docs: Iterator, spec: AnyObject, _: Options) =>
    docs.transform((all) => Lazy(sorted(all.filter(isDoc), spec))),
  $project: (docs: Iterator, spec: AnyObject, options: Options) => stages.$project(docs, spec, options).map(idFirst),
  $count: (docs: Iterator, name: string, _: Options) =>
    docs.transform((all) => Lazy(all.length > 0 ? [{ [name]: all.length }] : [])),
  $lookup: (docs: Iterator, spec: Parameters<typeof stages.$lookup>[1], options: Options) =>
    stages.$lookup(docs, spec, options).map((doc: Doc) => ({ ...doc, [spec.as]: [doc[spec.as]].flat().filter(isDoc) })),
};

const context = Context.init()
  .addQueryOps(queryOperators)
  .addQueryOps(predicates)
  .addExpressionOps(expressionOperators)
  .addExpressionOps(expressions)
  .addPipelineOps(ours)
  .addPipelineOps(stages)
  .addAccumulatorOps(accumulators)
  .addProjectionOps(projections);

const settings = (more: Partial<Options>): Partial<Options> => ({ context, scriptEnabled: false, ...more });

/** Whether a document matches; unknown operators are an error here, before any document is seen. */
export function matcher(query: Doc, variables: Doc = {}): (doc: Doc) => boolean {
  for (const name of ["$and", "$or", "$nor"])
    if (name in query && (!Array.isArray(query[name]) || query[name].length === 0))
      throw new CommandError(2, `${name} must be a nonempty array`);
  checkExpressions(query.$expr);
  const { $comment: _, ...conditions } = query;
  const compiled = asCommandError(() => new Query(conditions, settings({ variables })));
  return (doc) => asCommandError(() => compiled.test(doc));
}

/** Runs a pipeline over copies of the documents; stored ones stay as they are. */
export function aggregate(docs: Doc[], pipeline: Doc[], more: Pick<Options, "variables" | "collectionResolver"> = {}) {
  pipeline.forEach(checkStage);
  const aggregator = new Aggregator(pipeline, settings({ ...more, processingMode: ProcessingMode.CLONE_INPUT }));
  return asCommandError((): Doc[] => aggregator.run(docs));
}

export function projected(docs: Doc[], projection: Doc): Doc[] {
  if (Object.keys(projection).length === 0) return docs;
  checkExpressions(projection);
  if (/"\$slice"|\.\$"/.test(JSON.stringify(projection))) throw unsupported("$slice and $ in a projection");
  return asCommandError(() => new Query({}, settings({})).find<Doc>(docs, projection).all()).map(idFirst);
}

function checkStage(stage: Doc): void {
  const [name = "", ...more] = Object.keys(stage);
  if (more.length > 0)
    throw new CommandError(40323, "A pipeline stage specification object must contain exactly one field.");
  if (unknownToUs.test(name)) throw unsupported(`the stage ${name}`);
  if (!(name in stages)) throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
  const body = docOr(stage[name]);
  if (name === "$match") matcher(body);
  else if (name === "$facet") Object.values(body).flat().map(docOr).forEach(checkStage);
  else if (Array.isArray(body.pipeline)) body.pipeline.forEach(checkStage);
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

const idFirst = ({ _id, ...doc }: Doc): Doc => (_id === undefined ? doc : { _id, ...doc });

function asCommandError<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(2, String(error));
  }
}
