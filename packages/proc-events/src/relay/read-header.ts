import { type AnyLine, type HeaderLine, TRACE_SCHEMA } from "@task-watchers/trace";

/**
 * The header that a relay sent, its known fields only and each of the right kind; undefined when one is not. Its texts are
 * what whoever serves the socket chose.
 */
export function readHeader(line: AnyLine): HeaderLine | undefined {
  const { host, kernel, arch, bootId, scope, schema } = line;
  const writer = fieldsOf(line["writer"]);
  const clock = fieldsOf(line["clock"]);
  const source = fieldsOf(line["source"]);
  const { name, version } = writer;
  const { startNs, realtimeOffsetNs } = clock;
  const { kind, receiveBufferBytes } = source;
  if (line.type !== "header" || schema !== TRACE_SCHEMA) return undefined;
  if (!isText(host) || !isText(kernel) || !isText(arch) || !isText(bootId) || !isText(scope)) {
    return undefined;
  }
  if (!isText(name) || !isText(version) || !isText(kind)) return undefined;
  if (!isNs(startNs) || !isNs(realtimeOffsetNs)) return undefined;
  return {
    type: "header",
    schema,
    writer: { name, version },
    host,
    kernel,
    arch,
    bootId,
    clock: { startNs, realtimeOffsetNs },
    source: { kind, ...(typeof receiveBufferBytes === "number" && { receiveBufferBytes }) },
    scope,
    modules: [],
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_CHARACTERS;
}

/** The offset is negative where the clock of the day is set before 1970. */
function isNs(value: unknown): value is string {
  return typeof value === "string" && /^-?\d{1,20}$/u.test(value);
}

const MAX_CHARACTERS = 1024;
