import { hostContract } from './contract.ts'
import { reach } from './reach.ts'

hostContract('local', () => reach(process.env, { transport: 'local' }))
