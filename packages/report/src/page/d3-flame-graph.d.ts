/** The part of d3-flame-graph 5 and d3-selection 3 that the page uses: neither brings types. */
declare module "d3-flame-graph" {
  export interface FlameNode<T> {
    readonly data: T;
    readonly depth: number;
    readonly parent?: FlameNode<T>;
    readonly children?: readonly FlameNode<T>[];
    readonly x0: number;
    readonly highlight?: boolean;
  }

  export interface FlameGraph<T> {
    (selection: unknown): void;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    inverted(isInverted: boolean): this;
    minFrameSize(pixels: number): this;
    transitionDuration(ms: number): this;
    sort(compare: (a: FlameNode<T>, b: FlameNode<T>) => number): this;
    setColorMapper(map: (node: FlameNode<T>) => string): this;
    setLabelHandler(label: (node: FlameNode<T>) => string): this;
    setSearchMatch(match: (node: FlameNode<T>, term: string) => boolean): this;
    onHover(listener: (node: FlameNode<T>) => void): this;
    onClick(listener: (node: FlameNode<T>) => void): this;
    zoomTo(node: FlameNode<T>): void;
    resetZoom(): void;
    search(term: string): void;
    clear(): void;
  }

  export default function flamegraph<T>(): FlameGraph<T>;
}

declare module "d3-selection" {
  export function select(element: Element): {
    datum(data: unknown): { call(chart: (selection: unknown) => void): void };
  };
}
