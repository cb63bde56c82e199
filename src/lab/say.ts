/** Tells the operator what is being done, one line a thing. */
export type Say = (line: string) => void
