/** Is what a daemon says of itself the version that is wanted? Distributions add to it: `3.0.11-1+deb13u4` is 3.0.11. */
export function isVersion(said: string, wanted: string): boolean {
  return said === wanted || (said.startsWith(wanted) && /^[-+~]/.test(said.slice(wanted.length)))
}
