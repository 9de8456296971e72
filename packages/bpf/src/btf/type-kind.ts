/** The kinds of types and the shape of their entries: include/uapi/linux/btf.h. */

export const BTF_KIND_INT = 1;
export const BTF_KIND_PTR = 2;
export const BTF_KIND_ARRAY = 3;
export const BTF_KIND_STRUCT = 4;
export const BTF_KIND_UNION = 5;
export const BTF_KIND_ENUM = 6;
export const BTF_KIND_FWD = 7;
export const BTF_KIND_TYPEDEF = 8;
export const BTF_KIND_VOLATILE = 9;
export const BTF_KIND_CONST = 10;
export const BTF_KIND_RESTRICT = 11;
export const BTF_KIND_FUNC = 12;
export const BTF_KIND_FUNC_PROTO = 13;
export const BTF_KIND_VAR = 14;
export const BTF_KIND_DATASEC = 15;
/** Since Linux 5.13. */
export const BTF_KIND_FLOAT = 16;
/** Since Linux 5.16. */
export const BTF_KIND_DECL_TAG = 17;
/** Since Linux 5.17. */
export const BTF_KIND_TYPE_TAG = 18;
/** Since Linux 6.0. */
export const BTF_KIND_ENUM64 = 19;

/** What follows a type's own 12 bytes, by kind: so many bytes, and so many for each of its `vlen` parts. */
export const TAIL: readonly (readonly [fixed: number, part: number] | undefined)[] = [
  undefined,
  [4, 0], // int: its encoding
  [0, 0], // pointer
  [12, 0], // array: element, index, count
  [0, 12], // struct: name, type, offset
  [0, 12], // union
  [0, 8], // enum: name, value
  [0, 0], // forward declaration
  [0, 0], // typedef
  [0, 0], // volatile
  [0, 0], // const
  [0, 0], // restrict
  [0, 0], // function
  [0, 8], // prototype: name, type
  [4, 0], // variable: linkage
  [0, 12], // section: type, offset, size
  [0, 0], // float
  [4, 0], // declaration tag: which part
  [0, 0], // type tag
  [0, 12], // enum of 64 bits: name, low, high
];
