import { decodeStruct, type Layout, u32 } from "@task-watchers/linux/layout";

/** A switch of audit that can be locked in its position. */
export interface AuditFeature {
  readonly on: boolean;
  /** Whether it stays so until the next boot. */
  readonly locked: boolean;
}

/** Switches of audit: struct audit_features, include/uapi/linux/audit.h. */
export interface AuditFeatures {
  /** A login uid that was set can be unset, and not be set to another one. */
  readonly onlyUnsetLoginuid: AuditFeature;
  /** A login uid that was set cannot be changed any more. */
  readonly loginuidImmutable: AuditFeature;
}

interface Words {
  /** Bits of the features that are on. */
  readonly features: number;
  /** Bits of the features that are locked. */
  readonly lock: number;
}

/** struct audit_features: vers, mask, features, lock. */
const layout: Layout<Words> = { features: u32(8), lock: u32(12) };
// enum in include/uapi/linux/audit.h: numbers of bits
const AUDIT_FEATURE_ONLY_UNSET_LOGINUID = 0;
const AUDIT_FEATURE_LOGINUID_IMMUTABLE = 1;

/** @throws RangeError when it is cut off */
export function decodeFeatures(payload: Uint8Array): AuditFeatures {
  const words = decodeStruct("struct audit_features", layout, payload, 16);
  const feature = (bit: number): AuditFeature => ({
    on: ((words.features >>> bit) & 1) === 1,
    locked: ((words.lock >>> bit) & 1) === 1,
  });
  return {
    onlyUnsetLoginuid: feature(AUDIT_FEATURE_ONLY_UNSET_LOGINUID),
    loginuidImmutable: feature(AUDIT_FEATURE_LOGINUID_IMMUTABLE),
  };
}
