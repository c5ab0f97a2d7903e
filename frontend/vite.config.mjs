// One file a script, so that a page needs exactly one tag: `vite build --mode widget|desk`.
import { defineConfig } from 'vite'

export default defineConfig(({ mode }) => ({
  build: {
    outDir: '../src/bussola/site/static',
    emptyOutDir: false,
    target: 'es2021',
    lib: {
      entry: `src/${mode}.ts`,
      name: `bussola_${mode}`,
      formats: ['iife'],
      fileName: () => `${mode}.js`,
    },
  },
}))
