/**
 * What a gate says, always with the values. `nothing`: there is nothing to judge by (no data, no answer from the Prometheus),
 * which is no pass.
 */
export type GateVerdict = { readonly says: 'pass' | 'fail' | 'nothing'; readonly text: string }
