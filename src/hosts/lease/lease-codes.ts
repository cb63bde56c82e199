/** Exit codes of the script that are ours to explain. */
export const leaseCodes = { refused: 73, guarded: 75, held: 76, notOurs: 77 } as const
