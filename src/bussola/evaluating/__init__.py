"""How often the right answer comes, and how often a wrong one comes surely: `bussola evaluate`."""
