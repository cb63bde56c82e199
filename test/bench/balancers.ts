/** The lab's load balancers. */
export const balancers = ['lb1', 'lb2'] as const
