/** What the walk needs of a task. */
export interface PathTask {
  readonly index: number;
  /** Place of its parent; -1 for none. */
  readonly parent: number;
  readonly startNs: number;
  readonly endNs: number;
}

/** A stretch of the path that is a task's own: no child that ended in it held it up, as far as can be seen. */
export interface PathStretch {
  readonly index: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * What the end of the root waited for, from its start to its end without a gap. It is walked backwards: before a task
 * ended, the child that had ended last was what it waited for, and before that child's start the one that had ended last
 * by then. That is the true path where tasks wait for their children, as in a build; dependencies through files or pipes
 * are not in a trace. Children that outlived the moment held nobody up, and are left out.
 *
 * @param root place of the task whose end is asked about
 */
export function criticalPath(tasks: readonly PathTask[], root: number): PathStretch[] {
  const children = childrenByEnd(tasks);
  const path: PathStretch[] = [];
  const own = (index: number, fromNs: number, toNs: number): void => {
    if (toNs > fromNs) path.push({ index, fromNs, toNs });
  };
  const start = tasks[root];
  if (start === undefined) return path;
  /** Tasks that are being walked, each with how far back it is and which of its children is next. */
  const stack = [{ task: start, atNs: start.endNs, next: 0 }];
  for (let here = stack.at(-1); here !== undefined; here = stack.at(-1)) {
    const { task } = here;
    const candidates = children.get(task.index) ?? [];
    let child = candidates[here.next];
    while (child && (child.endNs > here.atNs || child.startNs >= child.endNs)) {
      child = candidates[++here.next];
    }
    if (child === undefined || here.atNs <= task.startNs) {
      own(task.index, task.startNs, here.atNs);
      stack.pop();
      continue;
    }
    here.next++;
    own(task.index, Math.max(child.endNs, task.startNs), here.atNs);
    here.atNs = Math.max(child.startNs, task.startNs);
    stack.push({ task: clipped(child, task), atNs: child.endNs, next: 0 });
  }
  return path.toReversed();
}

/** A child that seems to be older than its parent: the part that is not. */
function clipped(child: PathTask, parent: PathTask): PathTask {
  return child.startNs >= parent.startNs ? child : { ...child, startNs: parent.startNs };
}

/** Children of each task, the one that ended last first. */
function childrenByEnd(tasks: readonly PathTask[]): Map<number, PathTask[]> {
  const children = new Map<number, PathTask[]>();
  for (const task of tasks) {
    const siblings = children.get(task.parent);
    if (siblings) siblings.push(task);
    else children.set(task.parent, [task]);
  }
  for (const siblings of children.values()) siblings.sort((a, b) => b.endNs - a.endNs);
  return children;
}

/** The task whose end is most worth asking about: of those without a parent the one that ran longest; -1 for none. */
export function mainRoot(tasks: readonly PathTask[]): number {
  let [root, longest] = [-1, -1];
  for (const { index, parent, startNs, endNs } of tasks) {
    if (parent !== -1 || endNs - startNs <= longest) continue;
    [root, longest] = [index, endNs - startNs];
  }
  return root;
}
