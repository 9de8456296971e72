import { commandLine } from "../model/command.ts";
import type { ModelTask, TraceModel } from "../model/trace-model.ts";

// Names that mktemp(3), tempfile modules and compilers make up: at least six letters and digits of both kinds or cases.
const MADE_UP = /(\/(?:var\/)?tmp\/(?:[\w.-]*?[._-]|cc)?)(?=\w*[A-Z0-9])\w{6,}/gu;
/** Process ids in paths of /proc. */
const PROC = /\/proc\/\d+/gu;

/** The command line, with names of temporary files and process ids as `*`: what two runs have in common. */
export function commandKey(model: TraceModel, task: ModelTask): string {
  return commandLine(model, task).replace(MADE_UP, "$1*").replace(PROC, "/proc/*");
}
