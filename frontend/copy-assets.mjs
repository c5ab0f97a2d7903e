// What the pages need besides our own scripts, copied from the packages: nothing comes from a CDN.
import { cp, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'

const to = '../src/bussola/site/static'
const italia = 'node_modules/bootstrap-italia/dist'
await mkdir(`${to}/fonts`, { recursive: true })
const css = await readFile(`${italia}/css/bootstrap-italia.min.css`, 'utf8')
await writeFile(`${to}/bootstrap-italia.css`, css.replace(/\/\*# sourceMappingURL=.*?\*\//, ''))
await cp(`${italia}/fonts/Titillium_Web`, `${to}/fonts/Titillium_Web`, { recursive: true })
await copyFile('node_modules/htmx.org/dist/htmx.min.js', `${to}/htmx.js`)
await copyFile('node_modules/htmx-ext-sse/dist/sse.min.js', `${to}/htmx-sse.js`)
  .catch(() => copyFile('node_modules/htmx-ext-sse/sse.js', `${to}/htmx-sse.js`))
await copyFile('src/bussola.css', `${to}/bussola.css`)
await copyFile('src/icon.svg', `${to}/icon.svg`)
