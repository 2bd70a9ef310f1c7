"""Services of AWS that are modelled here, one file each; a new file is a new service."""
