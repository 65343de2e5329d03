// Kills a browser, or the pages in it, as the system does when it has no memory left: SIGKILL, found by the profile folder.
import { readdirSync, readFileSync } from 'node:fs'

interface Running {
  pid: number
  parent: number
  command: string
}

/** Everything that runs on this machine (Linux). */
function running(): Running[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
      // The name of the program, in brackets, may hold anything.
      const parent = Number(
        readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1],
      )
      return [{ pid: Number(name), parent, command }]
    } catch {
      // It ended while we looked.
      return []
    }
  })
}

function browserOf(all: Running[], folder: string): Running {
  const found = all.find(
    ({ command }) => command.includes(`--user-data-dir=${folder}\0`) && !command.includes('--type='),
  )
  if (!found) throw new Error(`no browser runs in ${folder}`)
  return found
}

/** All processes that show pages, the service worker's too. */
export function killPages(folder: string): void {
  const all = running()
  const { pid } = browserOf(all, folder)
  const isBelow = (one: Running): boolean => {
    if (one.parent === pid) return true
    const above = all.find((each) => each.pid === one.parent)
    return above !== undefined && isBelow(above)
  }
  for (const one of all) if (one.command.includes('--type=renderer') && isBelow(one)) process.kill(one.pid, 'SIGKILL')
}

/** The browser itself; what belongs to it ends with it. */
export async function killBrowser(folder: string): Promise<void> {
  const { pid } = browserOf(running(), folder)
  process.kill(pid, 'SIGKILL')
  while (running().some((one) => one.command.includes(folder) || one.pid === pid))
    await new Promise((resolve) => setTimeout(resolve, 20))
}
