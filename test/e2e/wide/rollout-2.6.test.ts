import { budgetTests } from '../shop/budget.ts'
import { rehearsalTests } from '../shop/rehearsal.ts'
import { rolloutTests } from '../shop/rollout.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { useShop } from '../support/shop.ts'

describeOnLab('rollouts with HAProxy 2.6', () => {
  const shop = useShop(useLab({ flags: ['--suite', 'bookworm'] }))
  rolloutTests(shop)
  budgetTests(shop)
  rehearsalTests(shop)
})
