/** A trace in the formats of other tools. Nothing of the text of other processes acts in any of them. @module */
export { writeCsv } from "./export/csv.ts";
export { writeDot } from "./export/dot.ts";
export { type Export, ExportError, type Write } from "./export/export.ts";
export { writeMarkdown } from "./export/markdown.ts";
export { writePerfetto } from "./export/perfetto.ts";
export { writeSpeedscope } from "./export/speedscope.ts";
