import { expect, test } from 'vitest'
import { parseSplitFile, splitFileText } from '../../../../src/daemons/nginx/split-file.ts'
import type { Rules } from '../../../../src/lib/split-rules.ts'

const split = { name: 'shop', header: 'x-shop', cookie: 'shop', shareBy: { cookie: 'Session' } }
const upstreams = { a: 'shop', b: 'shop-b' }
const rules: Rules = {
  rules: [
    { by: 'header', key: 'default', to: 'b' },
    { by: 'header', key: 'x=1', to: 'a' },
    { by: 'cookie', key: 'beta', to: 'b' },
    { by: 'source', key: '10.1.0.0/16', to: 'b' },
    { by: 'source', key: '2001:db8::/48', to: 'a' },
  ],
  share: 1250,
}

test('all that can decide', () => {
  expect(splitFileText(split, rules, upstreams)).toBe(`# The split shop: who is sent to shop-b (b), and who to shop (a).
# Changed by zdt split set shop; nginx reads it when it is reloaded.
map $http_x_shop $split_shop_header {
    default "";
    "\\default" b;
    "x=1" a;
}
map $cookie_shop $split_shop_cookie {
    default "";
    "beta" b;
}
geo $split_shop_source {
    default "";
    10.1.0.0/16 b;
    2001:db8::/48 a;
}
map $cookie_session $split_shop_client {
    "" $remote_addr;
    default $cookie_session;
}
split_clients "shop $split_shop_client" $split_shop_share {
    12.5% b;
    * a;
}
map "$split_shop_header$split_shop_cookie$split_shop_source$split_shop_share" $split_shop {
    "~^b" "shop-b";
    default "shop";
}
`)
})

test.each([0, 1, 1250, 9999, 10_000])('what it is made of can be read from it, with %d of 10,000', (share) => {
  const all = { ...rules, share }
  expect(parseSplitFile('shop', splitFileText(split, all, upstreams))).toEqual(all)
})

test('a split of little, and a file that says nothing', () => {
  const little = { rules: [], share: 10_000 }
  expect(parseSplitFile('s', splitFileText({ name: 's', shareBy: {} }, little, upstreams))).toEqual(little)
  expect(parseSplitFile('s', '')).toEqual({ rules: [], share: 0 })
})
