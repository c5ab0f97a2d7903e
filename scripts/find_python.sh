#!/usr/bin/env bash
# Prints a Python of one of the wanted versions: `find_python.sh 3.11 3.12`.
# Looked for on PATH, then among pyenv's versions, then asked of uv. A shim that only says
# "not found" does not count: each candidate must answer with its version.
set -u
works() { "$1" -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$2')" 2>/dev/null; }
for version in "$@"; do
  for candidate in "python$version" \
    $(ls -d "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python 2>/dev/null | sort -Vr); do
    if works "$candidate" "$version"; then
      "$candidate" -c 'import sys; print(sys.executable)'
      exit 0
    fi
  done
done
if command -v uv >/dev/null 2>&1; then
  for version in "$@"; do
    if uv python install "$version" >&2 2>&1; then uv python find "$version"; exit 0; fi
  done
fi
echo "Bussola needs Python $1: install it (for example with pyenv: pyenv install $1) and run make again." >&2
exit 1
