import { describeOnLab, useLab } from './support/lab.ts'
import { useShop } from './support/shop.ts'
import { badWorldTests } from './shop/bad-worlds.ts'
import { budgetTests } from './shop/budget.ts'
import { drainTests } from './shop/drain.ts'
import { evacuateTests } from './shop/evacuate.ts'
import { maintAndWeightTests } from './shop/maint-weight.ts'
import { operatorTests } from './shop/operator.ts'
import { readyTests } from './shop/ready.ts'
import { rehearsalTests } from './shop/rehearsal.ts'
import { rolloutTests } from './shop/rollout.ts'
import { runbookTests } from './shop/runbook.ts'
import { unreachableTests } from './shop/unreachable.ts'
import { upstreamTests } from './shop/upstreams.ts'
import { wordTests } from './shop/words.ts'

/* In one lab, one after the other: its hosts take a core 14 s to boot. Each test puts the shop back. */
describeOnLab('the shop', () => {
  const shop = useShop(useLab())
  drainTests(shop)
  readyTests(shop)
  maintAndWeightTests(shop)
  badWorldTests(shop)
  operatorTests(shop)
  wordTests(shop)
  rolloutTests(shop)
  budgetTests(shop)
  rehearsalTests(shop)
  runbookTests(shop)
  unreachableTests(shop)
  upstreamTests(shop)
  evacuateTests(shop)
})
