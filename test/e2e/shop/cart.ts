/** Where the lab's nginx reads its servers from, and who they are. */
export const servers = '/etc/nginx/upstreams/shop.conf'
export const webs = ['web1', 'web2'] as const

/** The lab's fleet, and the pool that its nginx balances. */
export const withCart = (yaml: string) =>
  yaml.replace(
    'pools:\n',
    `pools:
  cart:
    balancer: nginx/web
    backend: shop
    servers: { app1: 10.77.0.21:8080, app2: 10.77.0.22:8080, app3: 10.77.0.23:8080 }
    rollout: { deploy: [sudo, shop-deploy, '{version}'], version: { path: /version }, timeout: 30s, health: { path: /healthz } }
`,
  )

/** Behind nginx alone. */
export const cartAlone = (yaml: string) => withCart(yaml).replace(/^ {2}shop:\n(?: {4}.*\n)+/m, '')
