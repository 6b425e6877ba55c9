#!/usr/bin/env bash
# Fetch the site of every release of this repository into a folder, for versions_of_site.py.
# Needs GitHub's gh, its token in GH_TOKEN, and GITHUB_REPOSITORY.
set -euo pipefail
folder=$1
mkdir -p "$folder"
tags=$(gh release list --repo "$GITHUB_REPOSITORY" --limit 1000 \
  --exclude-drafts --exclude-pre-releases --json tagName --jq '.[].tagName')
for tag in $tags; do
  gh release download "$tag" --repo "$GITHUB_REPOSITORY" --pattern '*-site.zip' --dir "$folder"
done
