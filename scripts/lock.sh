#!/usr/bin/env bash
# Writes requirements/*.lock from fresh environments, so that a lock holds nothing by chance.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lock() { # name, python versions, first packages
  local python; python=$(scripts/find_python.sh $2)
  "$python" -m venv "$work/$1"
  "$work/$1/bin/pip" install -q --disable-pip-version-check $3 2> >(grep -v 'is ignored' >&2)
  "$work/$1/bin/pip" install -q --disable-pip-version-check -r "requirements/$1.in" 2> >(grep -v 'is ignored' >&2)
  { echo "# Made by make lock from $1.in; do not edit."
    "$work/$1/bin/pip" freeze --all --disable-pip-version-check | sed 's/+cpu$//' | grep -v '^pip=='; } > "requirements/$1.lock"
}
# torch first and alone: asked for by another package it would bring the CUDA builds.
lock bussola "3.11" "torch==2.13.0"
lock rasa "3.10" "setuptools<81 wheel"
